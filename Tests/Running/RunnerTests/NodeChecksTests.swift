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
                    status: NodeStatus(isLeader: true, term: 4, termIsRaftsOwn: true)))
            guard node == 2 else { continue }
            let finding = try #require(found.first).finding
            #expect(finding.node == NodeName(number: 2))
            #expect(finding.detail.contains("n1 led in term 4"))
            #expect(finding.detail.contains("n2 led in term 4"))
        }
    }

    // MARK: What raftd says besides

    private mutating func says(
        _ node: Int, commit: UInt64 = 0, process: Int32 = 1, applied: NodeStatus.Applied,
        recent: [NodeStatus.Applied] = []
    ) -> [Finding.Kind] {
        var status = NodeStatus(
            isLeader: false, term: 1, termIsRaftsOwn: true, applied: applied)
        status.commit = commit
        status.recent = recent
        return checks.note(
            NodeStatement(
                node: NodeName(number: node), process: process, time: .seconds(1), status: status)
        ).map(\.kind)
    }

    @Test mutating func `what is committed may fall with a restart only`() {
        let state = NodeStatus.Applied(index: 5, hash: 1, log: 1)
        #expect(says(1, commit: 9, applied: state).isEmpty)
        #expect(says(1, commit: 7, process: 2, applied: state).isEmpty)
        #expect(says(1, commit: 6, process: 2, applied: state) == [.wentBackward])
    }

    @Test mutating func `other entries under the same index are told as such`() {
        #expect(says(1, applied: .init(index: 5, hash: 1, log: 1)).isEmpty)
        #expect(says(2, applied: .init(index: 5, hash: 1, log: 2)) == [.divergedLog])
        #expect(says(3, applied: .init(index: 5, hash: 2, log: 1)) == [.divergedState])
    }

    @Test mutating func `nodes that never stand at the same index are compared by their past`() {
        #expect(
            says(
                1, applied: .init(index: 70, hash: 7, log: 7),
                recent: [.init(index: 64, hash: 1, log: 1)]
            ).isEmpty)
        #expect(
            says(
                2, applied: .init(index: 90, hash: 9, log: 9),
                recent: [.init(index: 64, hash: 2, log: 2)]) == [.divergedLog])
    }

    @Test func `elections without end in a quiet time are a finding, a few are not`() {
        var elections = QuietElections(electionTimeout: .milliseconds(300))
        for term in 1...20 {
            #expect(
                elections.note(term: term, at: .milliseconds(term * 300), isQuiet: false) == nil,
                "a fault lasts")
        }
        for term in 20..<20 + QuietElections.mostTerms {
            #expect(elections.note(term: term, at: .milliseconds(term * 300), isQuiet: true) == nil)
        }
        let found = elections.note(term: 28, at: .milliseconds(28 * 300), isQuiet: true)
        #expect(found?.kind == .endlessElections)
        #expect(elections.note(term: 29, at: .seconds(9), isQuiet: true) == nil, "told once")
    }

    @Test func `elections far apart, and a node that comes back far ahead, are no such finding`() {
        var elections = QuietElections(electionTimeout: .milliseconds(300))
        for term in 1...20 {
            #expect(elections.note(term: term, at: .seconds(term * 3), isQuiet: true) == nil)
        }
        #expect(elections.note(term: 900, at: .seconds(60), isQuiet: true) == nil)
    }
}
