internal import Raft

// What goes wrong between the servers, and what people want of them.
extension Simulation {
    mutating func makeTrouble() throws {
        schedule(.trouble, in: Int.random(in: 100..<1_200, using: &random))
        let servers = nodes.keys.sorted()
        let one = servers[Int.random(in: 0..<servers.count, using: &random)]
        let leader = nodes.values.filter(\.wasLeader).map(\.id).max()
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2: cuts = []
        case 3:
            let side = Set(servers.shuffled(using: &random).prefix(servers.count / 2))
            cut { side.contains($0) != side.contains($1) }
        case 4: cut { $0 == one || $1 == one }
        case 5: cut { from, _ in from == one }
        case 6: if let leader { cut { $0 == leader || $1 == leader } }
        case 7: try crash(leader ?? one)
        case 8: for server in servers { try crash(server) }
        case 9:
            guard let node = nodes[one], let server = node.server else { return }
            try step(one, .compact(upTo: server.commit, data: node.machine.data))
        case 10:
            if let leader { try step(leader, .transferLeadership(to: one)) }
        default: try changeMembers(leader, one)
        }
    }

    private mutating func cut(_ isCut: (ServerID, ServerID) -> Bool) {
        let servers = nodes.keys.sorted()
        cuts = []
        for from in servers {
            for to in servers where from != to && isCut(from, to) { cuts.insert([from, to]) }
        }
        let count = cuts.count
        note("the network is cut: \(count) links")
    }

    /// Whoever is no member becomes a learner, a learner a voter, a voter leaves if enough stay.
    private mutating func changeMembers(_ leader: ServerID?, _ one: ServerID) throws {
        guard let leader, let members = nodes[leader]?.server?.membership else { return }
        var (voters, learners) = (members.voters, members.learners)
        if learners.remove(one) != nil {
            voters.insert(one)
        } else if voters.contains(one) {
            guard voters.count > 3 else { return }
            voters.remove(one)
        } else {
            learners.insert(one)
        }
        nextRequest += 1
        try step(
            leader, .changeMembers(voters: voters, learners: learners, request: nextRequest))
    }
}
