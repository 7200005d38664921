import Histories
import Testing
import Wire

@testable import Systems

/// Whose term can contradict another's.
@Suite struct `What a node says of itself` {
    private func said(_ json: String) throws -> NodeStatus {
        NodeStatus(saidByClient: try Value(json: Array(json.utf8)))
    }

    @Test func `by a client contradicts nobody's term unless both are of one moment`() throws {
        let parts = try said(#"{"leader":true,"term":3}"#)
        #expect(parts.isLeader && parts.term == 3)
        #expect(!parts.termIsRaftsOwn, "it may lead in the next term by now")
        #expect(try !said(#"{"leader":true,"term":3,"exact":false}"#).termIsRaftsOwn)
        #expect(try said(#"{"leader":true,"term":3,"exact":true}"#).termIsRaftsOwn)
    }

    @Test func `by a client is taken as far as the node knows it`() throws {
        let some = try said(#"{"leader":false,"applied":91,"commit":93}"#)
        #expect(some.appliedIndex == 91 && some.commit == 93)
        #expect(some.applied == nil, "no hash, no state to compare")
        let all = try said(#"{"leader":false,"applied":91,"hash":"9f3c","commit":-1}"#)
        #expect(all.applied?.index == 91 && all.appliedIndex == 91 && all.commit == nil)
    }

    @Test func `in a system that says nothing of it contradicts nobody`() {
        #expect(!NodeStatus(isLeader: true, term: 3).termIsRaftsOwn)
    }

    @Test func `in raftd's own status is of one moment`() {
        let status = ServerStatus(
            id: 1, role: .leader, term: 4, leader: 1, votedFor: 1, last: 9, commit: 9, applied: 9,
            snapshot: 0, stateHash: 0, voters: [1], outgoing: [], learners: [])
        #expect(Raftd.nodeStatus(status).termIsRaftsOwn)
    }
}
