internal import Faults
internal import Histories

/// A time in which clients tried and nothing succeeded.
public struct Outage: Codable, Hashable, Sendable {
    /// The last success before it, in seconds since the start of the load; 0 if there was none.
    public var start: Double
    /// The next success; the end of the history if there was none.
    public var end: Double
    /// Seconds without any success in which clients tried and the harness itself went on.
    public var length: Double
    /// Whether anything succeeded after it.
    public var isOver: Bool
    /// The fault that lasted then, or was the last before it.
    public var fault: Int?

    /// `2.17 s from 7.60 s on`, or that it never ended.
    public var words: String {
        "\(length.fixed(2)) s, from \(start.fixed(2)) s "
            + (isOver ? "to \(end.fixed(2)) s" : "to the end: nothing succeeded again")
    }
}

/// What clients could still do while a fault lasted and after it was healed.
public struct FaultAvailability: Codable, Hashable, Sendable {
    /// The number of the fault.
    public var fault: Int
    /// Seconds from having injected to the first success of an operation that was invoked after
    /// that.
    public var afterInjection: Double?
    /// Seconds from healing to the first success of an operation that was invoked after it.
    public var afterHealing: Double?
    /// The longest time without any success, from injecting until the cluster had recovered; until
    /// the end, if it never did.
    public var longestOutage: Double
    /// When another leader was first seen, in seconds since injecting.
    public var elections: [Double]
}

/// When operations succeeded, for questions about when none did.
struct SuccessTimes {
    private struct Success {
        let invoked: Double
        let completed: Double
    }

    private let successes: [Success]
    /// Between the last operations of the load and the first final read nobody asks for anything.
    private let idle: (start: Double, end: Double)?
    private let stalls: [Stall]
    /// Nobody tried anything after that.
    private let lastInvoked: Double
    /// The last event of the history.
    let end: Double

    /// O(n log n) in the operations.
    init(_ history: History, load: Double, stalls: [Stall]) {
        self.stalls = stalls
        var successes: [Success] = []
        var (end, lastOfLoad, firstAfter) = (0.0, 0.0, Double.infinity)
        var lastInvoked = 0.0
        for operation in history.operations {
            guard let start = operation.invokedAt?.seconds else { continue }
            let completed = operation.completedAt?.seconds ?? start
            end = max(end, completed)
            lastInvoked = max(lastInvoked, start)
            if start <= load {
                lastOfLoad = max(lastOfLoad, completed)
            } else {
                firstAfter = min(firstAfter, start)
            }
            if case .ok = operation.outcome {
                successes.append(Success(invoked: start, completed: completed))
            }
        }
        self.lastInvoked = lastInvoked
        self.successes = successes.sorted { $0.completed < $1.completed }
        self.end = end
        idle =
            load > 0 && lastOfLoad < firstAfter && firstAfter.isFinite
            ? (lastOfLoad, firstAfter) : nil
    }

    /// The seconds of a stretch in which clients tried and the harness went on.
    private func tried(from start: Double, to end: Double) -> Double {
        let idle = self.idle.map { max(0, min($0.end, end) - max($0.start, start)) } ?? 0
        return max(0, end - start - idle - stalls.seconds(between: start, and: end))
    }

    /// The stretches without success, longest first.
    func outages(atLeast least: Double, most: Int, faults: [FaultRecord]) -> [Outage] {
        var last = 0.0
        var outages: [Outage] = []
        func add(to end: Double, isOver: Bool) {
            let length = tried(from: last, to: end)
            guard length >= least else { return }
            let (from, to) = (last, end)
            let fault = faults.last { $0.start < to && $0.end > from }
            outages.append(
                Outage(
                    start: from, end: end, length: length, isOver: isOver, fault: fault?.number))
        }
        for success in successes {
            add(to: success.completed, isOver: true)
            last = success.completed
        }
        // Replies that are still waited for when everybody has stopped asking are no outage.
        if lastInvoked > last { add(to: end, isOver: false) }
        return Array(outages.sorted { $0.length > $1.length }.prefix(most))
    }

    /// The longest stretch without success between two times.
    func longestOutage(from start: Double, to end: Double) -> Double {
        var (longest, last) = (0.0, start)
        for success in successes where success.completed >= start {
            guard success.completed <= end else { break }
            longest = max(longest, tried(from: last, to: success.completed))
            last = success.completed
        }
        return max(longest, tried(from: last, to: end))
    }

    /// Seconds from a time to the first success of what was invoked after it.
    func firstSuccess(after time: Double) -> Double? {
        successes.first { $0.invoked >= time }.map { $0.completed - time }
    }
}

extension FaultAvailability {
    init(_ record: FaultRecord, _ successes: SuccessTimes, _ leaders: [LeaderSpan]) {
        let end = record.recovered ?? max(successes.end, record.end)
        self.init(
            fault: record.number,
            afterInjection: successes.firstSuccess(after: record.start + record.injectionTime),
            afterHealing: successes.firstSuccess(after: record.end),
            longestOutage: successes.longestOutage(from: record.start, to: end),
            elections: leaders.filter { $0.start > record.start && $0.start <= end }
                .map { $0.start - record.start })
    }
}
