import Results
import Systems
import Testing
import Topologies

@testable import Runner

@Suite struct `What nodes say while a run goes on` {
    private var checks = NodeChecks()

    /// A node says something; what kinds of contradiction that is.
    private mutating func says(
        _ node: Int, leads: Bool = false, term: Int?, isOwn: Bool = true, applied: UInt64? = nil,
        hash: UInt64 = 1, process: Int32 = 1
    ) -> [Finding.Kind] {
        checks.note(
            NodeStatement(
                node: NodeName(number: node), process: process, time: .seconds(1),
                status: NodeStatus(
                    isLeader: leads, term: term, termIsRaftsOwn: isOwn,
                    applied: applied.map { .init(index: $0, hash: hash) }))
        ).map(\.kind)
    }

    @Test mutating func `one leader a term is right, however often it says so`() {
        #expect(says(1, leads: true, term: 2).isEmpty)
        #expect(says(1, leads: true, term: 2).isEmpty)
        #expect(says(2, leads: true, term: 3).isEmpty)
        #expect(says(1, leads: true, term: 2).isEmpty, "it does not know of term 3 yet")
    }

    @Test mutating func `two leaders in one term are a finding, told once`() {
        #expect(says(1, leads: true, term: 2).isEmpty)
        #expect(says(2, leads: true, term: 2) == [.twoLeaders])
        #expect(says(2, leads: true, term: 2).isEmpty)
    }

    @Test mutating func `the term of what a node has applied contradicts nobody`() {
        #expect(says(1, leads: true, term: 2, isOwn: false).isEmpty)
        #expect(says(2, leads: true, term: 2, isOwn: false).isEmpty, "it was elected just now")
        #expect(says(2, leads: true, term: 3, isOwn: false).isEmpty)
        #expect(says(2, term: 1, isOwn: false, process: 2).isEmpty, "it reads its log again")
    }

    @Test mutating func `a term never falls, not even over a restart`() {
        #expect(says(1, term: 5, process: 10).isEmpty)
        #expect(says(1, term: 4, process: 11) == [.wentBackward])
    }

    @Test mutating func `what is applied may fall with a restart only`() {
        #expect(says(1, term: 1, applied: 100, process: 10).isEmpty)
        #expect(says(1, term: 1, applied: 60, process: 11).isEmpty)
        #expect(says(1, term: 1, applied: 59, process: 11) == [.wentBackward])
    }

    @Test mutating func `equal entries give equal states, though nodes apply them at other times`()
    {
        #expect(says(1, term: 1, applied: 100, hash: 7).isEmpty)
        #expect(says(1, term: 1, applied: 200, hash: 8).isEmpty)
        #expect(says(2, term: 1, applied: 100, hash: 7).isEmpty)
        #expect(says(2, term: 1, applied: 200, hash: 9) == [.divergedState])
    }

    @Test mutating func `leaders of terms that nobody tells contradict nothing`() {
        #expect(says(1, leads: true, term: nil).isEmpty)
        #expect(says(2, leads: true, term: nil).isEmpty, "the first may be deposed")
        #expect(says(1, term: 5).isEmpty)
        #expect(says(1, term: nil).isEmpty, "what is not told has not fallen")
        #expect(says(3, leads: true, term: nil, applied: 9, hash: 1).isEmpty)
        #expect(says(1, term: nil, applied: 9, hash: 2) == [.divergedState])
    }

    @Test func `a finding names both statements`() throws {
        var checks = NodeChecks()
        for node in 1...2 {
            let found = checks.note(
                NodeStatement(
                    node: NodeName(number: node), process: 7, time: .seconds(node),
                    status: NodeStatus(isLeader: true, term: 4)))
            guard node == 2 else { continue }
            let finding = try #require(found.first).finding
            #expect(finding.node == NodeName(number: 2))
            #expect(finding.detail.contains("n1 led in term 4"))
            #expect(finding.detail.contains("n2 led in term 4"))
        }
    }
}
