internal import Glibc
internal import Synchronization

/// Stops checks from another thread, at their next look.
public final class Cancellation: Sendable {
    private let flag = Atomic(false)

    /// Nothing is cancelled.
    public init() {}

    /// Stops every check that was given this, within a few milliseconds.
    public func cancel() { flag.store(true, ordering: .releasing) }

    /// Whether it has been cancelled.
    public var isCancelled: Bool { flag.load(ordering: .acquiring) }
}

/// Counts what a search costs and says when that is too much.
///
/// Work is counted, not time, so that the same history and the same budget give the same verdict
/// on any machine under any load; the processor time of the checking thread is an outer limit.
final class Meter {
    let budget: Budget
    private let cancellation: Cancellation?
    private let start = Meter.processorTime
    /// Configurations visited.
    private(set) var configurations = 0
    /// Configurations visited, comparisons of configurations, and calls of the model.
    private(set) var steps = 0
    /// The most bytes in use at once.
    private(set) var bytes = 0
    private var nextLook = 0

    init(_ budget: Budget, cancellation: Cancellation? = nil) {
        self.budget = budget
        self.cancellation = cancellation
    }

    /// Counts a configuration that costs so many steps; the limit that is exceeded, if one is.
    @inline(__always)
    func spend(_ cost: Int, bytes: @autoclosure () -> Int) -> Limit? {
        configurations += 1
        steps += cost
        guard
            steps >= nextLook || configurations & 0xff == 0
                || configurations > budget.configurations
        else { return nil }
        nextLook = steps + 0x4000
        return exceeded(bytes())
    }

    private func exceeded(_ bytes: Int) -> Limit? {
        self.bytes = max(self.bytes, bytes)
        if bytes > budget.memory { return .memory(budget.memory) }
        if steps > budget.steps { return .steps(budget.steps) }
        if configurations > budget.configurations { return .configurations(budget.configurations) }
        if cancellation?.isCancelled == true { return .cancelled }
        return Self.processorTime - start > budget.time ? .time(budget.time) : nil
    }

    /// What this thread has used of a processor.
    static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Int {
    /// The next power of two: what an array of so many elements takes up at most.
    ///
    /// An array's own `capacity` depends on what the allocator has at hand, and would make the same
    /// budget end at another place the next time.
    var roundedUp: Int { self <= 1 ? self : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
