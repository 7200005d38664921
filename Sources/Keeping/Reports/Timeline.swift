internal import Faults
internal import Histories
internal import Stores

/// A run's operations gathered into equal parts of time, so that a page is no larger for a longer
/// run.
struct Timeline {
    /// How many parts.
    static let bins = 400
    /// At most so many points of each outcome are drawn.
    private static let mostPoints = 1_600

    /// What happened in one part of time.
    struct Bin {
        /// Operations that completed then, by outcome.
        var counts: [Outcome: Int] = [:]
        /// Latencies of those that took effect.
        var latencies = Quantiles()
    }

    /// How an operation ended, for the eye.
    enum Outcome: String, CaseIterable {
        case ok, fail, info

        init(_ outcome: Operation.Outcome) {
            switch outcome {
            case .ok: self = .ok
            case .failed: self = .fail
            case .unknown: self = .info
            }
        }
    }

    /// One operation as a point.
    struct Point {
        let time: Double
        let latency: Double
    }

    /// Seconds at the right end.
    let end: Double
    /// Seconds at which the load ended; what comes after is final reads.
    let loadEnd: Double
    /// The parts.
    private(set) var parts = [Bin](repeating: Bin(), count: bins)
    /// Some operations by outcome, the slowest of each part among them.
    private(set) var points: [Outcome: [Point]] = [:]

    /// Gathers a run's operations; O(n log n) for the quantiles.
    init(_ run: StoredRun) {
        let last = run.history.operations.reduce(0.0) { max($0, $1.completedAt?.seconds ?? 0) }
        let end = max(last, run.results.faults.map(\.end).max() ?? 0, 1)
        self.end = end
        loadEnd = run.results.timings.load > 0 ? min(run.results.timings.load, end) : end
        var latencies = [[Double]](repeating: [], count: Self.bins)
        var candidates: [Outcome: [Int: (slowest: Point, others: [Point])]] = [:]
        let share = max(1, run.history.operations.count / Self.mostPoints)
        for operation in run.history.operations {
            guard let start = operation.invokedAt?.seconds,
                let completed = operation.completedAt?.seconds
            else { continue }
            let outcome = Outcome(operation.outcome)
            let place = min(Int(completed / end * Double(Self.bins)), Self.bins - 1)
            parts[place].counts[outcome, default: 0] += 1
            if outcome == .ok { latencies[place].append(completed - start) }
            let point = Point(time: start, latency: completed - start)
            var known = candidates[outcome]?[place] ?? (point, [])
            if point.latency > known.slowest.latency { known.slowest = point }
            if operation.id % share == 0 { known.others.append(point) }
            candidates[outcome, default: [:]][place] = known
        }
        for place in latencies.indices { parts[place].latencies = Quantiles(latencies[place]) }
        points = candidates.mapValues { places in
            places.sorted { $0.key < $1.key }.flatMap { [$0.value.slowest] + $0.value.others }
        }
    }

    /// Seconds of one part.
    var step: Double { end / Double(Self.bins) }

    /// Completions per second in a part.
    func rate(_ outcome: Outcome, _ place: Int) -> Double {
        Double(parts[place].counts[outcome] ?? 0) / step
    }

    /// The highest rate of the load; the burst of final reads would dwarf it.
    var highestRate: Double {
        let places = parts.indices.filter { (Double($0) + 0.5) * step < loadEnd }
        let rates = (places.isEmpty ? Array(parts.indices) : places).map { place in
            Outcome.allCases.reduce(0) { $0 + rate($1, place) }
        }
        return max(rates.max() ?? 0, 1)
    }
}

/// Latencies that so many of all stay within, in seconds.
public struct Quantiles: Codable, Hashable, Sendable {
    /// How many there were.
    public private(set) var count = 0
    /// Half of them.
    public private(set) var median = 0.0
    /// 95 of a hundred.
    public private(set) var p95 = 0.0
    /// 99 of a hundred.
    public private(set) var p99 = 0.0
    /// All.
    public private(set) var most = 0.0

    init() {}

    /// By sorting; the nearest rank.
    init(_ values: [Double]) {
        let sorted = values.sorted()
        guard let last = sorted.last else { return }
        count = sorted.count
        median = sorted[(sorted.count - 1) / 2]
        p95 = sorted[(sorted.count - 1) * 95 / 100]
        p99 = sorted[(sorted.count - 1) * 99 / 100]
        most = last
    }
}
