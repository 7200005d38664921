internal import Results
internal import Topologies

/// Watches that a node that nobody follows leaves its term alone.
///
/// Where candidates ask first whether they would have a chance, a term rises only with the consent
/// of a majority, and whoever consented is soon asked for a vote in it, and takes it over (Raft
/// dissertation §9.6). A node whose term rises again and again while so many others say older ones
/// that the rest is no majority has asked nobody; when it comes back, it deposes a leader whom
/// nothing ailed. Pure: statements in, findings out.
struct LoneElections {
    /// So many may have been consented to just before the node was cut off, or their requests for
    /// votes may have been lost.
    static let mostRises = 3

    private struct Statement {
        var term: Int
        var time: Duration
    }

    private let nodes: Int
    private var last: [NodeName: Statement] = [:]
    private var rises: [NodeName: [Statement]] = [:]
    private var accused: Set<NodeName> = []

    /// For a cluster of so many nodes.
    init(nodes: Int) { self.nodes = nodes }

    /// Takes what a node has said of its term; those of a node come in their order.
    mutating func note(_ node: NodeName, term: Int, at time: Duration) -> Finding? {
        let known = last[node]?.term
        last[node] = Statement(term: term, time: time)
        // Whoever says a term as late as another node's has heard of its elections.
        for (other, risen) in rises where other != node {
            if let latest = risen.last, term >= latest.term { rises[other] = nil }
        }
        guard let known, term > known else { return nil }
        let others = last.filter { $0.key != node }.values
        // One that catches up with others has heard them.
        guard others.allSatisfy({ $0.term <= known }) else {
            rises[node] = nil
            return nil
        }
        if let latest = rises[node]?.last {
            // Those of whom nothing has been seen since may be the majority that elects it.
            let witnesses = others.count { $0.time > latest.time }
            if nodes - witnesses > nodes / 2 { rises[node] = nil }
        }
        rises[node, default: []].append(Statement(term: term, time: time))
        guard let alone = rises[node], alone.count > Self.mostRises,
            accused.insert(node).inserted
        else { return nil }
        return Finding(
            .endlessElections, node: node,
            detail: "its term rose to \(alone.map { "\($0.term)" }.joined(separator: ", ")) while "
                + "the others said older ones: it campaigned without asking whether it had a chance",
            time: time / .seconds(1), aspect: "alone")
    }
}
