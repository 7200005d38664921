internal import Raft
internal import Wire

// Changes of one member, and of the leader, which only a leader can begin.
extension Node {
    func administer(_ body: Request.Body, for asker: WaitingClients.Asker) {
        guard isLeader else {
            answer(asker, .refused(.notLeader(hint: server.leader?.number)))
            return
        }
        let members = server.membership
        var (voters, learners) = (members.voters, members.learners)
        switch body {
        case .transferLeadership(let number):
            let target = ServerID(number)
            guard voters.contains(target), target != options.id else {
                refuse(asker, "\(target) is no other server with a vote")
                return
            }
            inbox.append(.transferLeadership(to: target))
            answer(asker, .answer(.done))
            return
        case .addMember(let number):
            guard number > 0, !members.everybody.contains(ServerID(number)) else {
                refuse(asker, "\(ServerID(number)) is a member already")
                return
            }
            learners.insert(ServerID(number))
        case .promoteMember(let number):
            guard learners.remove(ServerID(number)) != nil else {
                refuse(asker, "\(ServerID(number)) is not a learner; add it first")
                return
            }
            voters.insert(ServerID(number))
        case .removeMember(let number):
            let member = ServerID(number)
            guard members.everybody.contains(member), voters != [member] else {
                refuse(asker, "\(member) is no member, or the last one with a vote")
                return
            }
            voters.remove(member)
            learners.remove(member)
        case .command, .read, .status, .changeMembers: return
        }
        inbox.append(.changeMembers(voters: voters, learners: learners, request: expect(asker)))
    }

    private func refuse(_ asker: WaitingClients.Asker, _ why: String) {
        answer(asker, .refused(.malformed(why)))
    }
}
