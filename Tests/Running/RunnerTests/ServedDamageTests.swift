import Results
import Systems
import Testing
import Topologies

@testable import Injectors
@testable import Runner

/// Who is to blame where replicas differ and one was started on damaged files.
@Suite struct `A replica that differs` {
    private let nodes = (1...3).map(NodeName.init)
    private let damage = DamageBook()

    /// Two nodes say one after the other what they have applied, and it is not the same.
    private func contradiction(
        _ first: Int, then second: Int
    ) -> NodeChecks.Contradiction? {
        var checks = NodeChecks()
        return [(first, UInt64(1)), (second, 2)].flatMap { node, log in
            checks.note(
                NodeStatement(
                    node: nodes[node], process: 1, time: .seconds(node),
                    status: NodeStatus(
                        isLeader: false, term: 1,
                        applied: .init(index: 7, hash: log, log: log))))
        }.first
    }

    @Test(arguments: [(0, 2), (2, 0)])
    func `has served damage if it was started on some, whoever spoke first`(
        first: Int, second: Int
    ) throws {
        damage.note(startedOn: "bit 3 of byte 5 of log was flipped", nodes[2])
        let finding = damage.finding(try #require(contradiction(first, then: second)))
        #expect(finding.kind == .servedDamaged)
        #expect(finding.node == nodes[2])
        #expect(finding.detail.hasPrefix("bit 3 of byte 5 of log was flipped; "))
    }

    @Test func `merely differs if the damage was taken back, or another one's`() throws {
        damage.note(startedOn: "log was cut", nodes[2])
        #expect(
            damage.finding(try #require(contradiction(0, then: 1))).kind == .divergedLog)
        _ = try damage.undo(in: nodes[2])
        #expect(
            damage.finding(try #require(contradiction(0, then: 2))).kind == .divergedLog)
    }

    @Test func `is compared with a whole one at the end`() {
        let states = [1: "right", 2: "right", 3: "wrong"].map { number, state in
            (NodeName(number: number), StateAtRest(index: 7, parts: ["state": state]))
        }
        let known = Dictionary(uniqueKeysWithValues: states)
        for node in nodes {
            var turned = known
            turned[nodes[2]] = known[node]
            turned[node] = known[nodes[2]]
            let found = Cluster.disagreements(turned, of: nodes, doubted: [node])
            #expect(found.map(\.node) == [node])
        }
    }

    @Test func `and other findings about a damaged node stay what they are`() {
        damage.note(startedOn: "log was cut", nodes[0])
        #expect(damage.blaming(Finding(.panic, node: nodes[0], detail: "")) == nil)
        #expect(damage.blaming(Finding(.divergedState, node: nil, detail: "")) == nil)
    }
}
