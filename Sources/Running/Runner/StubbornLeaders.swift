internal import Results
internal import Topologies

/// Watches that a leader that can hear of a later one steps down (Raft §5.1).
///
/// Two leaders of different terms contradict nothing while the older one cannot know. Where no fault
/// has touched a link or a node for long, it hears the newer one with each of its heartbeats, and
/// steps down at the first. Pure: statements in, at most one finding on each node out.
struct StubbornLeaders {
    /// For so long after a fault connections may still be silent: TCP sends again after pauses that
    /// double.
    static let calm = Duration.seconds(10)
    /// So long, and in so many statements, both must say that they lead: a node that answers has
    /// read what came before.
    static let leastTime = Duration.seconds(1)
    static let leastStatements = 8

    private struct Claim {
        let term: Int
        var statements = 0
        /// Since when it has been said beside that of a later leader.
        var contested: Duration?
        var contestedStatements = 0
    }

    private var claims: [NodeName: Claim] = [:]
    private var disturbed: Duration?
    private var accused: Set<NodeName> = []

    /// Notes that a fault lasts, other than that leadership is handed over, or that the cluster has
    /// not recovered from one, or that the harness stood still.
    mutating func disturb(at time: Duration) {
        disturbed = time
        claims = [:]
    }

    /// Takes what a node has said.
    mutating func note(
        _ node: NodeName, term: Int, isLeader: Bool, at time: Duration
    ) -> Finding? {
        guard disturbed.map({ time - $0 > Self.calm }) ?? true else { return nil }
        guard isLeader else {
            claims[node] = nil
            return nil
        }
        if claims[node]?.term != term { claims[node] = Claim(term: term) }
        guard var claim = claims[node] else { return nil }
        claim.statements += 1
        defer { claims[node] = claim }
        guard
            let later = claims.filter({ $0.value.term > term }).max(by: {
                $0.value.term < $1.value.term
            })
        else { return nil }
        let since = claim.contested ?? time
        claim.contested = since
        claim.contestedStatements += 1
        guard time - since >= Self.leastTime,
            min(claim.contestedStatements, later.value.statements) >= Self.leastStatements,
            accused.insert(node).inserted
        else { return nil }
        return Finding(
            .stubbornLeader, node: node,
            detail:
                "it said for \((time - since).formattedSeconds) that it led term \(term), while "
                + "\(later.key) led term \(later.value.term) and no fault lay between them",
            time: time / .seconds(1))
    }
}
