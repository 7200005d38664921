internal import Faults
internal import Histories
internal import Stores

/// What clients could still do while a fault lasted and after it was healed.
public struct Availability: Sendable {
    /// The number of the fault.
    public let fault: Int
    /// Seconds from injecting to the first success of an operation that was invoked after it.
    public let afterInjection: Double?
    /// Seconds from healing to the first success of an operation that was invoked after it.
    public let afterHealing: Double?
    /// The longest time without any success, from injecting until the cluster had recovered.
    public let longestOutage: Double
    /// When another leader was first seen, in seconds since injecting.
    public let elections: [Double]

    /// Works out the availability around every fault of a run.
    public static func of(_ run: StoredRun) -> [Availability] {
        let successes = run.history.operations.compactMap { operation -> Success? in
            guard case .ok = operation.outcome, let start = operation.invokedAt,
                let end = operation.completedAt
            else { return nil }
            return Success(invoked: start.seconds, completed: end.seconds)
        }.sorted { $0.completed < $1.completed }
        let leaders = LeaderSpan.all(in: run)
        return run.results.faults.map { Availability($0, successes, leaders) }
    }

    private struct Success {
        let invoked: Double
        let completed: Double
    }

    private init(_ record: FaultRecord, _ successes: [Success], _ leaders: [LeaderSpan]) {
        fault = record.number
        let end = record.recovered ?? record.end
        func first(after time: Double) -> Double? {
            successes.first { $0.invoked >= time }.map { $0.completed - time }
        }
        afterInjection = first(after: record.start)
        afterHealing = first(after: record.end)
        var longest = 0.0
        var last = record.start
        for success in successes where success.completed >= record.start {
            guard success.completed <= end else { break }
            longest = max(longest, success.completed - last)
            last = success.completed
        }
        longestOutage = max(longest, end - last)
        elections = leaders.filter { $0.start > record.start && $0.start <= end }
            .map { $0.start - record.start }
    }
}

/// A time in which one node led one term.
struct LeaderSpan: Hashable {
    let leader: String
    let term: Int
    let start: Double
    var end: Double

    /// By time: whoever claims the highest term, as nodes said of themselves.
    static func all(in run: StoredRun) -> [LeaderSpan] {
        var spans: [LeaderSpan] = []
        var claims: [String: Int] = [:]
        for observation in run.results.observations ?? [] {
            claims[observation.node] =
                observation.role == "leader" ? observation.term : nil
            let present = claims.max { ($0.value, $1.key) < ($1.value, $0.key) }
            if let last = spans.last, last.end == .infinity {
                if let present, present.key == last.leader, present.value == last.term { continue }
                spans[spans.count - 1].end = observation.time
            }
            guard let present else { continue }
            spans.append(
                LeaderSpan(
                    leader: present.key, term: present.value, start: observation.time,
                    end: .infinity))
        }
        return spans
    }
}

/// A run in a few numbers, for people in a hurry.
public struct Digest: Sendable {
    /// Latencies of the operations that took effect.
    public let latency: Quantiles
    /// The longest time without any success around a fault, and that fault's number.
    public let worstOutage: (seconds: Double, fault: Int)?

    /// Digests a run.
    public init(_ run: StoredRun) {
        latency = Quantiles(
            run.history.operations.compactMap { operation in
                guard case .ok = operation.outcome, let start = operation.invokedAt,
                    let end = operation.completedAt
                else { return nil }
                return end.seconds - start.seconds
            })
        worstOutage = Availability.of(run).max { $0.longestOutage < $1.longestOutage }
            .map { ($0.longestOutage, $0.fault) }
    }
}
