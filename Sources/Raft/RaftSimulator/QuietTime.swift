internal import Raft

/// Times in which nothing goes wrong, or next to nothing: the cluster has to recover then, and to
/// leave its terms alone.
struct QuietTime {
    enum Phase {
        /// Everything heals.
        case begin
        /// The cluster has had the time to recover.
        case settled
        /// It has had the time to do something.
        case end
    }

    private static let settling = 4_000
    private static let lasting = 3_000

    static func length(before phase: Phase) -> Int { phase == .settled ? settling : lasting }

    var isQuiet = false
    var highestTerm: Term = 0
    var committed = 0
    /// How far each server had it committed when the cluster had settled.
    var commits: [ServerID: LogIndex] = [:]
    /// A link that stays cut: a majority reaches the leader all the same.
    var cutOff: Set<ServerID> = []
}

extension Simulation {
    mutating func enter(_ phase: QuietTime.Phase) throws {
        switch phase {
        case .begin:
            note("all is quiet")
            quiet.isQuiet = true
            quiet.cutOff = []
            cuts = []
            cutOneLink()
            for id in servers {
                nodes[id]?.clockStalledUntil = 0
                try start(id)
            }
            schedule(.quiet(.settled), in: QuietTime.length(before: .settled))
        case .settled:
            quiet.highestTerm = highestTerm
            quiet.committed = invariants.committedCount
            quiet.commits = nodes.compactMapValues { $0.server?.commit }
            schedule(.quiet(.end), in: QuietTime.length(before: .end))
        case .end:
            try requireLife()
            coverage.quietTimes += 1
            quiet.isQuiet = false
            cuts = []
            schedule(.quiet(.begin), in: weather.turbulence)
        }
    }

    private var highestTerm: Term { nodes.values.compactMap { $0.server?.hard.term }.max() ?? 0 }

    /// One link stays cut in every second quiet time, where that leaves every majority one server
    /// in common that reaches all.
    private mutating func cutOneLink() {
        let voters = nodes.values.compactMap { $0.server?.membership.voters.count }.min() ?? 0
        guard voters >= 3, chance(0.5), servers.count >= 2 else { return }
        let pair = servers.shuffled(using: &random).prefix(2)
        guard let one = pair.first, let other = pair.last else { return }
        cuts = [Link(from: one, to: other), Link(from: other, to: one)]
        quiet.cutOff = [one, other]
    }

    /// Whether the cluster can do without the link that is cut; a change of members that was under
    /// way may have left two.
    private var isLinkSpared: Bool {
        let newest = nodes.values.compactMap(\.server).max {
            ($0.log.lastTerm, $0.log.lastIndex) < ($1.log.lastTerm, $1.log.lastIndex)
        }
        guard !quiet.cutOff.isEmpty, let members = newest?.membership else { return true }
        return members.voters.count >= 3
            && (members.outgoing.isEmpty || members.outgoing.count >= 3)
    }

    /// What each server is, in a few words.
    private var standing: String {
        nodes.values.compactMap(\.server).sorted { $0.id < $1.id }.map { server in
            let log = "log to \(server.log.lastTerm)/\(server.log.lastIndex)"
            let members =
                "\(server.membership.voters.sorted())+\(server.membership.outgoing.sorted())"
            return "\(server.id) in term \(server.hard.term), \(log), voters \(members)"
        }.joined(separator: "; ") + "; cut off from each other: \(quiet.cutOff.sorted())"
    }

    /// Liveness: somebody leads, entries are committed, members have them, and terms stay.
    private func requireLife() throws {
        guard isLinkSpared else { return }
        guard highestTerm == quiet.highestTerm else {
            throw Invariants.Violation(
                description:
                    "terms grew from \(quiet.highestTerm) to \(highestTerm) in a quiet time")
        }
        let leaders = nodes.values.filter { $0.server?.isLeader == true }
        guard
            let leader = leaders.max(by: {
                ($0.server?.hard.term ?? 0) < ($1.server?.hard.term ?? 0)
            })?.server
        else {
            throw Invariants.Violation(description: "nobody leads in a quiet time: \(standing)")
        }
        guard invariants.committedCount > quiet.committed else {
            throw Invariants.Violation(
                description: "\(leader.id) leads, but nothing is committed in a quiet time")
        }
        for id in leader.membership.everybody.sorted() where !quiet.cutOff.contains(id) {
            guard let node = nodes[id], let server = node.server else { continue }
            // Whoever is far behind need only come nearer.
            guard server.commit >= UInt64(quiet.committed) || server.commit > quiet.commits[id] ?? 0
            else {
                throw Invariants.Violation(
                    description: "\(id) has \(server.commit) of \(quiet.committed) entries at the "
                        + "end of a quiet time")
            }
        }
    }
}
