internal import Faults
public import Histories

/// A run's operations gathered into equal parts of time, so that what is drawn of them is no
/// larger for a longer run.
public struct Timeline: Codable, Sendable {
    /// How many parts.
    public static let bins = 400
    /// At most so many points of each outcome are drawn.
    private static let mostPoints = 1_600

    /// What happened in one part of time.
    public struct Bin: Codable, Hashable, Sendable {
        /// Operations that completed then, by outcome.
        public var counts = [0, 0, 0, 0]
        /// Median latency of those that took effect, in seconds; nil if there were none.
        public var median: Double?
        /// The 99th percentile of it.
        public var p99: Double?
    }

    /// How an operation ended, for the eye.
    public enum Outcome: Int, CaseIterable, Codable, Sendable {
        /// It took effect.
        case ok
        /// It was compared and refused: an answer like any other.
        case refused
        /// It certainly did not happen.
        case error
        /// Nobody knows.
        case unknown

        init(_ outcome: Operation.Outcome) {
            self =
                switch outcome {
                case .ok: .ok
                case .failed(.mismatch): .refused
                case .failed: .error
                case .unknown: .unknown
                }
        }
    }

    /// One operation as a point.
    public struct Point: Codable, Hashable, Sendable {
        /// When it was invoked, in seconds since the start of the load.
        public let time: Double
        /// How long it took, in seconds.
        public let latency: Double
    }

    /// Seconds at the right end.
    public private(set) var end: Double
    /// Seconds at which the load ended; what comes after is final reads.
    public private(set) var loadEnd: Double
    /// The parts.
    public private(set) var parts = [Bin](repeating: Bin(), count: bins)
    /// Some operations by outcome, the slowest of each part among them.
    public private(set) var points = [[Point]](repeating: [], count: Outcome.allCases.count)

    /// Gathers a run's operations; O(n log n) for the quantiles.
    public init(_ history: History, of results: RunResults) {
        let last = history.operations.reduce(0.0) { max($0, $1.completedAt?.seconds ?? 0) }
        // A history of times that no run has is drawn as far as an axis can be.
        let end = min(max(last, results.faults.map(\.end).max() ?? 0, 0.001), 1e9)
        self.end = end
        loadEnd = results.timings.load > 0 ? min(results.timings.load, end) : end
        var latencies = [[Double]](repeating: [], count: Self.bins)
        var slowest = [[Point?]](
            repeating: [Point?](repeating: nil, count: Self.bins),
            count: Outcome.allCases.count)
        let share = max(1, history.operations.count / Self.mostPoints)
        for operation in history.operations {
            guard let start = operation.invokedAt?.seconds,
                let completed = operation.completedAt?.seconds
            else { continue }
            let outcome = Outcome(operation.outcome)
            let place = max(
                0, min(Int(saturating: completed / end * Double(Self.bins)), Self.bins - 1))
            parts[place].counts[outcome.rawValue] += 1
            if outcome == .ok { latencies[place].append(completed - start) }
            let point = Point(time: start, latency: max(0, completed - start))
            if point.latency > slowest[outcome.rawValue][place]?.latency ?? -1 {
                slowest[outcome.rawValue][place] = point
            }
            if operation.id % share == 0 { points[outcome.rawValue].append(point) }
        }
        for place in latencies.indices where !latencies[place].isEmpty {
            let quantiles = Quantiles(latencies[place])
            (parts[place].median, parts[place].p99) = (quantiles.median, quantiles.p99)
        }
        for outcome in points.indices {
            points[outcome] += slowest[outcome].compactMap(\.self)
        }
    }

    /// Seconds of one part.
    public var step: Double { end / Double(Self.bins) }

    /// Completions per second in a part.
    public func rate(_ outcome: Outcome, _ place: Int) -> Double {
        Double(parts[place].counts[outcome.rawValue]) / step
    }

    /// More times the rate that all but the busiest fiftieth of the parts keep below is a burst.
    private static let burst = 4.0

    /// The highest rate of the load; final reads, and any other burst, would dwarf it.
    public var highestRate: Double {
        let places = parts.indices.filter { (Double($0) + 0.5) * step < loadEnd }
        let rates = (places.isEmpty ? Array(parts.indices) : places).map { place in
            Outcome.allCases.reduce(0) { $0 + rate($1, place) }
        }
        let usual = rates.sorted().dropLast(max(rates.count / 50, 1)).last ?? 0
        let most = max(rates.max() ?? 0, 1e-9)
        return usual > 0 ? min(most, usual * Self.burst) : most
    }

    /// Whether a stored one can be drawn.
    var isDrawable: Bool {
        parts.count == Self.bins && points.count == Outcome.allCases.count
            && parts.allSatisfy { part in
                part.counts.count == Outcome.allCases.count
                    && part.counts.allSatisfy { (0..<1 << 50) ~= $0 }
            } && (0..<1e10) ~= end && end > 0 && (0..<1e10) ~= loadEnd
    }
}
