/// What is done in a run, drawn from a seed before the run begins.
public struct Schedule: Sendable {
    /// When rounds come and what is in them.
    public struct Rhythm: Hashable, Sendable {
        /// Quiet before the first round.
        public var first: Duration
        /// From the start of one round to the start of the next, if the cluster has recovered.
        public var every: ClosedRange<Duration>
        /// How many faults come together in a round.
        public var together: ClosedRange<Int>
        /// Whether each fault comes at its time, whatever else lasts then.
        public var overlap: Bool

        /// A rhythm.
        public init(
            first: Duration, every: ClosedRange<Duration>, together: ClosedRange<Int> = 1...1,
            overlap: Bool = false
        ) {
            self.first = first
            self.every = every
            self.together = together
            self.overlap = overlap
        }
    }

    /// The rounds, by their start.
    public let rounds: [Rounds.Round]

    /// Draws rounds for a load of this length.
    ///
    /// Requests are dealt like cards: each once in random order, then each once again, so that
    /// every kind that was asked for comes about equally often. The last round that is due in time
    /// has its time to recover before the load ends.
    public init(
        requests: [FaultRequest], rhythm: Rhythm, style: Style, within length: Duration,
        using random: inout some RandomNumberGenerator
    ) {
        var deck = Deck(requests)
        var rounds: [Rounds.Round] = []
        var start = rhythm.first
        while !requests.isEmpty {
            let end = start + Duration.random(in: rhythm.every, using: &random)
            guard end <= length else { break }
            let (least, most) = (rhythm.together.lowerBound, rhythm.together.upperBound)
            let count = most == 1 ? 1 : Int.random(in: least...most, using: &random)
            var parts: [any Scenario] = []
            for number in 0..<count {
                guard let kind = deck.draw(using: &random) else { break }
                // In an overlapping run all is one round, in which each fault has its own time.
                let offset =
                    rhythm.overlap
                    ? start - rhythm.first
                    : number == 0
                        ? .zero : .random(in: .zero...style.length.upperBound, using: &random)
                let part = kind.scenario(after: offset, style, using: &random)
                if rhythm.first + part.leastLength < length || !rhythm.overlap {
                    parts.append(part)
                }
            }
            let healing = count > 1 ? style.healing.draw(using: &random) : .staggered
            rounds.append(Rounds.Round(start: start, Together(parts, healing: healing)))
            start = end
        }
        self.rounds =
            rhythm.overlap && !rounds.isEmpty
            ? [Rounds.Round(start: rhythm.first, Together(rounds.map(\.scenario)))] : rounds
    }

    /// The whole as a scenario of a load that ends then.
    public func scenario(end: Duration) -> Rounds { Rounds(rounds, end: end) }

    /// Cards that are dealt until none is left, and then again.
    private struct Deck {
        let requests: [FaultRequest]
        var cards: [FaultRequest] = []
        var kinds: [FaultName: [any FaultKind]] = [:]

        init(_ requests: [FaultRequest]) { self.requests = requests }

        mutating func draw(using random: inout some RandomNumberGenerator) -> (any FaultKind)? {
            if cards.isEmpty { cards = requests.shuffled(using: &random) }
            guard let request = cards.popLast() else { return nil }
            if kinds[request.name, default: []].isEmpty {
                kinds[request.name] = request.kinds.shuffled(using: &random)
            }
            return kinds[request.name]?.popLast()
        }
    }
}

extension Schedule: CustomStringConvertible {
    /// One line a round.
    public var description: String { scenario(end: .zero).description }
}
