internal import Results
internal import Topologies

/// Watches that a leader steps down that a majority has left.
///
/// Where leaders look whether a majority still answers them (Raft dissertation §6.2), one that is cut
/// off ends to lead after an election timeout or two, before anybody can tell it so. Nodes that have
/// said a later term acknowledge nothing of an earlier one any more: once they are a majority, whoever
/// leads the earlier one has nobody left. No clock of a node may be wrong where this is asked. Pure:
/// statements in, at most one finding on each node out.
struct LoneLeaders {
    /// In election timeouts: a majority is looked for once in each, and one look may come just before
    /// the last answer.
    static let patience = 6
    static let leastStatements = 8
    /// A node that is silent for so long may have stood still, and its clock with it.
    static let longestSilence = Duration.milliseconds(500)

    private struct Claim {
        let term: Int
        let since: Duration
        var latest: Duration
        var statements = 1
    }

    private let nodes: Int
    private let electionTimeout: Duration
    private var terms: [NodeName: Int] = [:]
    private var claims: [NodeName: Claim] = [:]
    private var accused: Set<NodeName> = []

    /// For a cluster of so many nodes.
    init(nodes: Int, electionTimeout: Duration) {
        self.nodes = nodes
        self.electionTimeout = electionTimeout
    }

    /// Forgets what was claimed: the harness stood still, and nodes may have.
    mutating func disturb() { claims = [:] }

    /// Takes what a node has said; what a node says comes in its order.
    mutating func note(
        _ node: NodeName, term: Int, isLeader: Bool, at time: Duration
    ) -> Finding? {
        terms[node] = term
        let later = terms.count { $0.value > term }
        guard isLeader, later > nodes / 2 else {
            claims[node] = nil
            return nil
        }
        guard var claim = claims[node], claim.term == term,
            time - claim.latest <= Self.longestSilence
        else {
            claims[node] = Claim(term: term, since: time, latest: time)
            return nil
        }
        claim.latest = time
        claim.statements += 1
        claims[node] = claim
        guard time - claim.since >= electionTimeout * Self.patience,
            claim.statements >= Self.leastStatements, accused.insert(node).inserted
        else { return nil }
        return Finding(
            .stubbornLeader, node: node,
            detail:
                "it said for \((time - claim.since).formattedSeconds) that it led term \(term), "
                + "while \(later) of \(nodes) nodes had gone on to later ones, and so none of them "
                + "answered it any more",
            time: time / .seconds(1), aspect: "alone")
    }
}
