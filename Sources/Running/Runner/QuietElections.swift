internal import Results
internal import Topologies

/// Watches that a cluster that nothing disturbs comes to rest: one election after the last
/// healing, perhaps two, and then none (Raft §5.2, §9.3).
///
/// Pure: what was seen goes in, at most one finding comes out.
struct QuietElections {
    /// So many new terms in one quiet time are no bad luck: with randomised timeouts each further
    /// election is at most half as likely as the one before.
    static let mostTerms = 8
    /// Elections that come more seldom than this, in election timeouts, may have causes of their
    /// own, such as a machine with much else to do.
    static let leastRest = 4

    private let electionTimeout: Duration
    private var began: Duration?
    private var first: Int?
    private var highest: Int?
    private var rises = 0
    private var isAccused = false

    init(electionTimeout: Duration) { self.electionTimeout = electionTimeout }

    /// Takes the highest term that any node has said, and whether all serve and nothing is struck.
    mutating func note(term: Int?, at time: Duration, isQuiet: Bool) -> Finding? {
        guard isQuiet else {
            (began, first, highest, rises) = (nil, nil, nil, 0)
            return nil
        }
        guard let term else { return nil }
        guard let began, let first, let highest else {
            (began, first, highest) = (time, term, term)
            return nil
        }
        // One that comes back with a later term makes one election, however far ahead it was.
        guard term > highest else { return nil }
        self.highest = term
        rises += 1
        let length = time - began
        guard !isAccused, rises >= Self.mostTerms,
            length <= electionTimeout * Self.leastRest * rises
        else { return nil }
        isAccused = true
        return Finding(
            .endlessElections, node: nil,
            detail: "\(rises) new terms, from \(first) to \(term), in \(length.formattedSeconds) "
                + "in which no fault lasted and all nodes served",
            time: time / .seconds(1))
    }
}
