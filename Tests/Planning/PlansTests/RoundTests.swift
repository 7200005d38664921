import Faults
import Plans
import Testing

@Suite struct `Rounds in plans` {
    private static let written = """
        name: x
        faults:
          kinds: [depose, pause-one, one]
          together: 1..3
          every: 2s..4s
          length: 200ms..1200ms
          cuts: either
          heal: at-once
          clients: away
          rounds:
            - - {pause: follower, as: f}
              - {after: 300ms..1s, hold: leader, as: old}
              - {when: new-leader, at-most: 5s, heal: old}
              - {resume: f}
        """

    @Test func `the language of rounds is read, and written back as it was meant`() throws {
        let plan = try Plan(yaml: Self.written)
        #expect(plan.faults.together.range == 1...3)
        #expect(plan.faults.every.range == .seconds(2)...(.seconds(4)))
        #expect(plan.faults.length.range == .milliseconds(200)...(.milliseconds(1_200)))
        #expect(plan.faults.cuts.choice == .either)
        #expect(plan.faults.heal.choice == .always(.atOnce))
        #expect(plan.faults.clients.choice == .always(.away))
        #expect(plan.faults.rounds.map(\.steps.count) == [4])
        let requests = try plan.faults.requests(nodes: 5)
        #expect(requests.map(\.name) == ["depose", "pause-one", "one", "round-1"])
        #expect(try Plan(yaml: plan.yaml).faults == plan.faults)
    }

    @Test(arguments: ["corrupt", "wipe", "replace"])
    func `folders are damaged in rounds as well, and healed by their names`(verb: String) throws {
        let plan = try Plan(
            yaml: """
                name: x
                faults:
                  rounds:
                    - - {\(verb): follower, as: f}
                      - {after: 300ms..1s, cut: leader, as: old}
                      - {when: new-leader, at-most: 5s, heal: f}
                      - {heal: old}
                """)
        let round = try #require(try plan.faults.requests(nodes: 5).first)
        #expect(round.kinds.first?.needs.contains(.damage) == true)
        #expect(try Plan(yaml: plan.yaml).faults == plan.faults)
    }

    @Test(arguments: ["remove", "dismiss"])
    func `members come back by the same word, however they went`(verb: String) throws {
        let plan = try Plan(
            yaml: """
                name: x
                faults:
                  rounds:
                    - - {cut: leader+follower, as: old}
                      - {\(verb): other-follower+other-follower, as: gone}
                      - {delay-peers: leader, as: far}
                      - {heal: old}
                      - {add: gone}
                """)
        let round = try #require(try plan.faults.requests(nodes: 5).first)
        #expect(round.kinds.first?.needs.contains(.members) == true)
        #expect(try Plan(yaml: plan.yaml).faults == plan.faults)
    }

    @Test func `a plan that knows nothing of rounds means what it meant`() throws {
        let plan = try Plan(yaml: "name: x\nfaults:\n  kinds: [one]\n  every: 6s\n  length: 3s")
        #expect(plan.faults.every.range == .seconds(6)...(.seconds(6)))
        #expect(plan.faults.together.range == 1...1)
        #expect(plan.faults.cuts.choice == .always(.drop))
        #expect(plan.faults.clients.choice == .always(.stay))
    }

    @Test(arguments: [
        ("together: 0", "faults.together: '0' is no number from 1 to 9"),
        ("together: 3..1", "faults.together: '3..1' is no number"),
        ("every: 4s..2s", "faults.every: '4s..2s' is no length of time"),
        ("length: 1s..", "faults.length: '1s..' is no length of time"),
        ("cuts: both", "faults.cuts: 'both' is none of drop, hold, either"),
        ("rounds: [[{puase: leader}]]", "did you mean 'pause'?"),
        ("rounds: [[{pause: leadr}]]", "did you mean 'leader'?"),
        ("rounds: [[{cut: leader+folower}]]", "did you mean 'follower'?"),
        ("rounds: [[{pause: one, kill: one}]]", "a step does one thing"),
        ("rounds: [[{heal: x}]]", "unknown name of something struck before 'x'"),
        ("rounds: [[{when: new-leadr, pause: one}]]", "did you mean 'new-leader'?"),
        ("rounds: [[{pause: one, at-most: 5s}]]", "limits nothing"),
        ("rounds: [[{pause: one, after: soon}]]", "after: 'soon' is no length of time"),
    ])
    func `what makes no sense is refused where it stands`(line: String, words: String) {
        let error = #expect(throws: PlanError.self) {
            try Plan(yaml: "name: x\nfaults:\n  kinds: [one]\n  \(line)")
        }
        #expect(error?.message.contains(words) ?? false, "\(error?.message ?? "")")
        #expect(error?.line == 4)
    }
}
