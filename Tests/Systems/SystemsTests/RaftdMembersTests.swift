import Testing
import Topologies
import Wire

@testable import Systems

@Suite struct `A change of raftd's members, step by step` {
    private let node = NodeName(number: 3)

    private func status(
        _ id: UInt64, leads: Bool = false, applied: UInt64 = 1_000, voters: [UInt64],
        outgoing: [UInt64] = [], learners: [UInt64] = []
    ) -> ServerStatus {
        ServerStatus(
            id: id, role: leads ? .leader : .follower, term: 4, leader: 1, votedFor: 1,
            last: 1_000, commit: 1_000, applied: applied, snapshot: 0, stateHash: 0,
            voters: voters, outgoing: outgoing, learners: learners)
    }

    private func isDone(_ step: Raftd.NextStep) -> Bool {
        if case .done = step { true } else { false }
    }

    private func waits(_ step: Raftd.NextStep) -> Bool {
        if case .wait = step { true } else { false }
    }

    @Test func `a member is asked out, waits for the joint members to end, and is out`() {
        let remove = MemberChange.remove(node)
        var leader = status(1, leads: true, voters: [1, 2, 3])
        #expect(Raftd.next(remove, leader, []) == .ask(.removeMember(3)))
        leader = status(1, leads: true, voters: [1, 2], outgoing: [1, 2, 3])
        #expect(waits(Raftd.next(remove, leader, [])))
        leader = status(1, leads: true, voters: [1, 2])
        #expect(isDone(Raftd.next(remove, leader, [])))
    }

    @Test func `a newcomer learns first, and votes when it has the log`() {
        let add = MemberChange.add(node)
        var leader = status(1, leads: true, voters: [1, 2])
        #expect(Raftd.next(add, leader, []) == .ask(.addMember(3)))
        leader = status(1, leads: true, voters: [1, 2], learners: [3])
        #expect(waits(Raftd.next(add, leader, [])), "it has said nothing")
        let late = status(3, applied: 5, voters: [1, 2], learners: [3])
        #expect(waits(Raftd.next(add, leader, [late])))
        let ready = status(3, applied: 990, voters: [1, 2], learners: [3])
        #expect(Raftd.next(add, leader, [ready]) == .ask(.promoteMember(3)))
        leader = status(1, leads: true, voters: [1, 2, 3])
        #expect(isDone(Raftd.next(add, leader, [])))
    }

    @Test func `several are dismissed in one request, which is made once`() {
        let dismiss = MemberChange.dismiss([node, NodeName(number: 4)])
        #expect(
            Raftd.next(dismiss, status(1, leads: true, voters: [1, 2, 3, 5], learners: [4]), [])
                == .askOnce(.changeMembers(voters: [1, 2, 5], learners: [])))
        #expect(waits(Raftd.next(dismiss, status(1, leads: true, voters: [3, 4]), [])))
        let joint = status(1, leads: true, voters: [1, 2, 3], outgoing: [1, 2, 3, 4])
        #expect(
            Raftd.next(dismiss, joint, [])
                == .askOnce(.changeMembers(voters: [1, 2], learners: [])),
            "another change is under way")
    }

    @Test func `leadership is transferred until the heir leads`() {
        let transfer = MemberChange.transferLeadership(to: node)
        #expect(
            Raftd.next(transfer, status(1, leads: true, voters: [1, 2, 3]), [])
                == .ask(.transferLeadership(to: 3)))
        #expect(isDone(Raftd.next(transfer, status(3, leads: true, voters: [1, 2, 3]), [])))
    }

    @Test func `a learner and a candidate are told apart from followers`() {
        #expect(Raftd.nodeStatus(status(3, voters: [1, 2], learners: [3])).role == .learner)
        #expect(Raftd.nodeStatus(status(3, voters: [1, 2, 3])).role == .follower)
        #expect(Raftd.nodeStatus(status(3, leads: true, voters: [1, 2, 3])).role == .leader)
        var candidate = status(3, voters: [1, 2, 3])
        candidate.role = .candidate
        #expect(Raftd.nodeStatus(candidate).role == .candidate)
    }
}
