internal import Raft

// What goes wrong between the servers, and what people want of them.
extension Simulation {
    mutating func injectFault() throws {
        schedule(.fault, in: Int.random(in: 100..<weather.longestPause, using: &random))
        guard !quiet.isQuiet else { return }
        let one = servers[Int.random(in: 0..<servers.count, using: &random)]
        let leader = servers.last { nodes[$0]?.server?.isLeader == true }
        switch Int.random(in: 0..<21, using: &random) {
        case 0, 1: cuts = []
        case 2:
            let side = Set(servers.shuffled(using: &random).prefix(servers.count / 2))
            cut { side.contains($0) != side.contains($1) }
        case 3: isolate(one)
        case 4: cut { from, _ in from == one }
        case 5, 6: if let leader { isolate(leader) }
        case 7: cutLinks()
        case 8, 18: try crash(leader ?? one)
        case 9: for server in servers { try crash(server) }
        case 10: freeze(leader ?? one)
        case 11: freeze(one)
        case 12: stallClock(chance(0.5) ? leader ?? one : one)
        case 13: try compact(one)
        case 14: if let leader { try transfer(leader, to: one) }
        case 15: delay(one, chance(0.5) ? .in : .out)
        case 16:
            // Answers are under way to it for long after nobody hears it any more.
            delay(leader ?? one, .in)
            schedule(.isolate(leader ?? one), in: Int.random(in: 50...500, using: &random))
        case 17:
            // It lets another one lead, and hears late that this one does.
            guard let leader else { return }
            delay(leader, .in, atMost: 20...200)
            schedule(.transfer(leader, to: one), in: Int.random(in: 50...300, using: &random))
        default: try changeMembers(leader, one)
        }
    }

    mutating func transfer(_ leader: ServerID, to heir: ServerID) throws {
        guard !quiet.isQuiet, nodes[leader]?.server != nil else { return }
        try receive(.transferLeadership(to: heir), at: leader)
    }

    mutating func isolate(_ id: ServerID) { cut { $0 == id || $1 == id } }

    private mutating func cut(_ isCut: (ServerID, ServerID) -> Bool) {
        cuts = []
        for from in servers {
            for to in servers where from != to && isCut(from, to) {
                cuts.insert(Link(from: from, to: to))
            }
        }
        let count = cuts.count
        note("the network is cut: \(count) links")
    }

    /// Some single links, one way or both.
    private mutating func cutLinks() {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let pair = servers.shuffled(using: &random).prefix(2)
            guard let from = pair.first, let to = pair.last, from != to else { return }
            cuts.insert(Link(from: from, to: to))
            if chance(0.7) { cuts.insert(Link(from: to, to: from)) }
        }
    }

    /// The whole process stands still; what comes waits for it.
    private mutating func freeze(_ id: ServerID) {
        let length = Int.random(in: 100..<1_500, using: &random)
        note("\(id) is frozen for \(length) ms")
        nodes[id]?.frozenUntil = now + length
    }

    /// All that it sends, or all that is sent to it, comes late for a while, often later than an
    /// election takes.
    private mutating func delay(
        _ id: ServerID, _ direction: Delay.Direction,
        atMost milliseconds: ClosedRange<Int> = 100...800
    ) {
        let length = Int.random(in: 500..<2_000, using: &random)
        let delay = Delay(
            direction: direction, end: now + length,
            milliseconds: Int.random(in: milliseconds, using: &random))
        nodes[id]?.delay = delay
        note("\(id) is late (\(direction)) for \(length) ms")
    }

    /// The clock stands still, the process does not: a lease would rightly break.
    private mutating func stallClock(_ id: ServerID) {
        guard weather.leaseTicks == 0 else { return }
        nodes[id]?.clockStalledUntil = now + Int.random(in: 300..<2_000, using: &random)
    }

    /// Some servers become learners, some learners voters, some voters leave; often several at
    /// once.
    private mutating func changeMembers(_ leader: ServerID?, _ one: ServerID) throws {
        guard let leader, let members = nodes[leader]?.server?.membership else { return }
        var (voters, learners) = (members.voters, members.learners)
        let count = chance(0.5) ? 1 : Int.random(in: 2...max(2, servers.count), using: &random)
        for server in ([one] + servers.shuffled(using: &random)).prefix(count) {
            if learners.remove(server) != nil {
                voters.insert(server)
            } else if voters.contains(server) {
                if voters.count > 1 { voters.remove(server) }
            } else {
                learners.insert(server)
            }
        }
        nextRequest += 1
        try receive(
            .changeMembers(voters: voters, learners: learners, request: nextRequest), at: leader)
    }
}
