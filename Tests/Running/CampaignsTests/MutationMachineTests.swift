import Testing

@testable import Campaigns

@Suite struct `A mutation machine` {
    /// Plays the machine against an oracle: which plan finds which bug.
    private func play(
        _ machine: inout MutationMachine, capacity: Int = 1, load: Double = 30,
        _ outcome: (MutationMachine.Trial) -> MutationMachine.Outcome
    ) -> [MutationMachine.Trial] {
        var trials: [MutationMachine.Trial] = []
        var open: [MutationMachine.Trial] = []
        while true {
            for effect in machine.fill(to: capacity) {
                switch effect {
                case .start(let trial):
                    trials.append(trial)
                    open.append(trial)
                case .finish: return trials
                }
            }
            let trial = open.removeFirst()
            machine.note(trial, outcome(trial), load: load)
        }
    }

    @Test func `the plan that finds bugs comes first for the next bug`() {
        var machine = MutationMachine(
            mutants: (1...6).map { "m\($0)" }, plans: ["a", "b", "c"], budget: .seconds(600),
            seed: 1)
        let trials = play(&machine) { $0.plan == "c" ? .found(by: "linearizable") : .missed }
        #expect(trials.first { $0.mutant == "m6" }?.plan == "c")
        #expect(machine.rows.allSatisfy { $0.detection?.trial.plan == "c" })
        #expect(machine.rows.map(\.mutant) == (1...6).map { "m\($0)" })
    }

    @Test func `a bug that is not found meets every plan, and its budget ends`() {
        var machine = MutationMachine(
            mutants: ["m"], plans: ["a", "b"], budget: .seconds(100), seed: 1)
        let trials = play(&machine) { _ in .missed }
        #expect(trials.map(\.plan) == ["a", "b", "a", "b"])
        #expect(Set(trials.map(\.seed)).count == 4)
        #expect(machine.rows.first?.cameUp == true)
        #expect(machine.rows.first?.detection == nil)
        #expect(machine.rows.first?.load == 120)
    }

    @Test func `a plan that is likely to find a bug comes first, three times, and excludes none`() {
        var machine = MutationMachine(
            mutants: ["m"], plans: ["a", "b", "c"], hints: ["m": ["c"], "other": ["b"]],
            budget: .seconds(210), seed: 1)
        let trials = play(&machine) { _ in .missed }
        #expect(trials.map(\.plan) == ["c", "c", "c", "a", "b", "c", "c"])
    }

    @Test func `what never came up is told apart from what survived`() {
        var machine = MutationMachine(
            mutants: ["idle", "alive"], plans: ["a"], budget: .seconds(60), seed: 1)
        _ = play(&machine, capacity: 2) { $0.mutant == "idle" ? .neverCameUp : .missed }
        #expect(machine.rows.map(\.cameUp) == [false, true])
    }

    @Test func `each plan meets a right node first, and what it says of that one finds no bug`() {
        var machine = MutationMachine(
            mutants: ["m"], plans: ["a", "b"], budget: .seconds(30), seed: 1, isControlled: true)
        let trials = play(&machine) { trial in
            switch (trial.mutant, trial.plan) {
            case (MutationMachine.rightNode, "b"): .found(by: "stale read")
            case (MutationMachine.rightNode, _): .neverCameUp
            default: .found(by: "stale read")
            }
        }
        #expect(trials.prefix(2).map(\.mutant) == ["none", "none"])
        #expect(trials.prefix(2).map(\.plan) == ["a", "b"])
        #expect(machine.controlRuns == 2)
        #expect(machine.accusations.map(\.trial.plan) == ["b"])
        #expect(machine.rows.map(\.mutant) == ["m"])
        #expect(machine.rows[0].detection != nil)
    }

    @Test func `an accusation of a node whose bug did not come up is no detection`() {
        var machine = MutationMachine(
            mutants: ["m"], plans: ["a"], budget: .seconds(30), seed: 1)
        _ = play(&machine) { _ in .accusedIdle(by: "stale read") }
        #expect(machine.rows[0].detection == nil)
        #expect(machine.rows[0].verdict == .neverCameUp)
        #expect(machine.accusations.map(\.check) == ["stale read"])
    }

    @Test func `what was found is looked for again, last of all, by the plan that found it`() {
        var machine = MutationMachine(
            mutants: ["loud", "shy", "hidden"], plans: ["a", "b"], budget: .seconds(60), seed: 1,
            repeats: 5)
        var runs = 0
        let trials = play(&machine) { trial in
            if trial.isRepeat { runs += 1 }
            switch (trial.mutant, trial.plan) {
            case ("loud", "a"): return .found(by: "stale read")
            case ("shy", "b") where trial.isRepeat:
                return runs.isMultiple(of: 2) ? .missed : .noAnswer("stood still")
            case ("shy", "b"): return .found(by: "stale read")
            default: return .missed
            }
        }
        let again = trials.drop { !$0.isRepeat }
        #expect(again.count == 10 && again.allSatisfy(\.isRepeat))
        #expect(Set(again.map(\.seed)).count == 10)
        #expect(
            again.allSatisfy { $0.plan == ($0.mutant == "loud" ? "a" : "b") })
        #expect(machine.rows.map(\.repeatDetections) == [5, 0, 0])
        #expect(machine.rows.map { $0.repeats > 0 } == [true, true, false])
        #expect(machine.rows[1].repeats < 5, "a run that cannot say is no run that missed it")
        #expect(machine.rows[1].detection != nil, "and takes nothing back")
    }

    @Test func `runs that cannot say end too`() {
        var machine = MutationMachine(
            mutants: ["m"], plans: ["a"], budget: .seconds(60), seed: 1)
        let trials = play(&machine, load: 0) { _ in .noAnswer("inconclusive") }
        #expect(trials.count == 4)
        #expect(machine.rows.first?.unanswered == 4)
    }
}
