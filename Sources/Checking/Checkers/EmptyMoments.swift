internal import Models

/// Finds a moment for each operation that found a collection empty: one at which no element was
/// certainly inside.
struct EmptyMoments {
    /// An element that was certainly inside for some moments; moment n lies behind place n.
    struct Core {
        let moments: Range<Int>
        /// What put it in.
        let put: Int
        /// What took it out, nil if nothing did.
        let take: Int?
    }

    private let cores: [Core]
    /// Per moment: the first one from there on at which nothing is inside.
    private let nextGap: [Int]

    /// Linear.
    init(_ cores: [Core], length: Int) {
        self.cores = cores
        var inside = [Int32](repeating: 0, count: length + 2)
        for core in cores {
            inside[core.moments.lowerBound] += 1
            inside[core.moments.upperBound] -= 1
        }
        for moment in 1..<inside.count { inside[moment] += inside[moment - 1] }
        var nextGap = [Int](repeating: .max, count: length + 2)
        for moment in (0...length).reversed() {
            nextGap[moment] = inside[moment] == 0 ? moment : nextGap[moment + 1]
        }
        self.nextGap = nextGap
    }

    /// The first moment for an entry.
    ///
    /// - Throws: a conflict with elements that fill the collection from its invocation to its
    ///   completion.
    func moment<Call>(of place: Int, in entries: [TrackEntry<Call>]) throws(Conflict) -> Int {
        let (start, end) = (entries[place].invocation, entries[place].completion)
        if nextGap[start] < end { return nextGap[start] }
        var chain: [Core] = []
        var covered = start
        while covered < end {
            let longest = cores.lazy.filter { $0.moments.contains(covered) }
                .max { $0.moments.upperBound < $1.moments.upperBound }
            guard let longest else { break }
            chain.append(longest)
            covered = longest.moments.upperBound
        }
        throw Conflict(
            .notEmpty, culprit: place, missed: chain.count == 1 ? chain[0].put : nil,
            chain.map(\.put) + chain.map(\.take))
    }
}
