import Testing

@testable import Campaigns

@Suite struct `A matrix of planted bugs` {
    /// Three bugs, a plan: one is found at once, one acts unseen, one never comes up.
    private func matrix() -> MutationMatrix {
        var machine = MutationMachine(
            mutants: ["loud", "quiet", "idle"], plans: ["plans/storm.yaml"],
            budget: .seconds(30), seed: 4)
        for effect in machine.fill(to: 3) {
            guard case .start(let trial) = effect else { continue }
            switch trial.mutant {
            case "loud": machine.note(trial, .found(by: "violation: stale read"), load: 12.4)
            case "quiet": machine.note(trial, .missed, load: 30)
            default: machine.note(trial, .neverCameUp, load: 30)
            }
        }
        return MutationMatrix(
            machine, titles: ["loud": "answers from local state"], budget: .seconds(30),
            seed: 4)
    }

    @Test func `tells what survived from what never came up`() {
        #expect(matrix().lines.map(\.row.verdict) == [.found, .survived, .neverCameUp])
        #expect(
            matrix().summary
                == "1 of 3 planted bugs found, after 12 s of load in the median; 1 survived, 1 "
                + "never came up, 0 without an answer")
    }

    @Test func `names for each detection the plan, the check, the seed and the load`() throws {
        let lines = matrix().markdown.split(separator: "\n")
        let seed = try #require(matrix().lines[0].row.detection).trial.seed
        let cells = lines[2].split(separator: "|").map { $0.trimmingPrefix(" ") }
            .map { String($0.reversed().drop { $0 == " " }.reversed()) }
        #expect(
            cells == [
                "loud", "answers from local state", "found", "violation: stale read", "storm",
                "\(seed)", "12 s", "1", "",
            ])
        #expect(Set(lines[0...4].map(\.count)).count == 1, "columns are aligned")
    }

    @Test func `says how often what was found was found again`() {
        var machine = MutationMachine(
            mutants: ["loud", "rare"], plans: ["p"], budget: .seconds(30), seed: 1, repeats: 5)
        var again: [String: Int] = [:]
        while case .start(let trial) = machine.fill(to: 1).first {
            if trial.isRepeat { again[trial.mutant, default: 0] += 1 }
            let isFound = !trial.isRepeat || trial.mutant == "loud" || again["rare"] ?? 0 < 3
            machine.note(trial, isFound ? .found(by: "lost write") : .missed, load: 5)
        }
        let matrix = MutationMatrix(machine, titles: [:], budget: .seconds(30), seed: 1)
        #expect(matrix.markdown.contains("| 5 of 5"))
        #expect(matrix.markdown.contains("| 2 of 5"))
        #expect(
            matrix.summary.hasSuffix(
                "; 1 of 2 found again in at least three of five runs of the same plan"))
    }

    @Test func `a bug of which no run could say anything is not called survived`() {
        var machine = MutationMachine(
            mutants: ["mute"], plans: ["p"], budget: .seconds(30), seed: 1)
        for effect in machine.fill(to: 1) {
            guard case .start(let trial) = effect else { continue }
            machine.note(trial, .noAnswer("no lab"), load: 0)
        }
        #expect(machine.rows.map(\.verdict) == [.noAnswer])
    }

    @Test func `a bug whose turn never came was not tried`() {
        let machine = MutationMachine(
            mutants: ["last"], plans: ["p"], budget: .seconds(30), seed: 1)
        #expect(machine.rows.map(\.verdict) == [.notTried])
        let matrix = MutationMatrix(machine, titles: [:], budget: .seconds(30), seed: 1)
        #expect(matrix.summary.hasSuffix(", 1 not tried"))
    }
}
