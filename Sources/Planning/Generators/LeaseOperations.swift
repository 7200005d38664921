public import Histories

/// Makes leases and keeps them alive: whichever worker comes first renews the one that is due, so
/// that a lease outlives the node through which it was made.
///
/// One that nobody hears of any more, or that is gone, is given up.
public struct LeaseOperations: Generator {
    private struct Lease {
        let id: Value
        var due: Duration
    }

    private var left: Int
    private let most: Int
    private let timeToLive: Int
    private let interval: Duration
    private var idle: [Lease] = []
    private var busy: [Int: Lease] = [:]
    private var granting: Set<Int> = []

    /// So many operations on so many leases of one time to live, in seconds, renewed so often.
    public init(count: Int, leases: Int, timeToLive: Int, interval: Duration) {
        left = count
        most = leases
        self.timeToLive = timeToLive
        self.interval = interval
    }

    /// A renewal of the lease that is due first, or a new lease if there is room for one.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard left > 0 else { return .finished }
        left -= 1
        let isRoom = idle.count + busy.count + granting.count < most
        guard !isRoom, let first = idle.indices.min(by: { idle[$0].due < idle[$1].due }) else {
            granting.insert(worker)
            return .invoke(Invocation("grant", .int(timeToLive)), at: now)
        }
        var lease = idle.remove(at: first)
        let time = max(now, lease.due)
        lease.due = time + interval
        busy[worker] = lease
        return .invoke(Invocation("renew", lease.id), at: time)
    }

    /// Remembers leases that live; one whose renewal is in doubt is renewed again at once.
    public mutating func observe(
        _ invocation: Invocation, _ completion: Completion, by worker: Int
    ) {
        granting.remove(worker)
        if var lease = busy.removeValue(forKey: worker) {
            if case .ok(let value) = completion {
                if value.pair?.0.int ?? 0 <= 0 { return }
            } else {
                lease.due = .zero
            }
            idle.append(lease)
        } else if case .ok(let value) = completion, let (_, id) = value.pair {
            idle.append(Lease(id: id, due: .zero))
        }
    }
}
