internal import CLinux
internal import Foundation
internal import HeapModule
internal import Synchronization

/// Which packets are held, and for how long.
public enum HoldPolicy: Hashable, Sendable {
    /// Every one for this time.
    case delay(Duration)
    /// A share of them, evenly spread, for this time; the others overtake them.
    case reorder(Duration, share: Double)
}

/// Holds the packets of a queue in user space and lets them go later.
///
/// What netem does in the kernel, for kernels without it. A thread of its own waits for packets
/// and for the next release; a timer of the kernel wakes it to within about 0.1 ms.
public final class PacketHold: Sendable {
    /// What has been held.
    public struct Statistics: Hashable, Sendable {
        /// Packets that came.
        public var arrived = 0
        /// Packets that were held.
        public var held = 0
        /// Packets that were let go before an earlier one.
        public var overtaking = 0
        /// Half of the held packets were held no longer than this; over the first 10,000.
        public var median = Duration.zero
    }

    private struct Held: Comparable {
        let packet: UInt32
        let sequence: Int
        let arrival: ContinuousClock.Instant
        let release: ContinuousClock.Instant

        static func < (one: Held, other: Held) -> Bool {
            (one.release, one.sequence) < (other.release, other.sequence)
        }
    }

    private struct State {
        var statistics = Statistics()
        var times: [Duration] = []
        var isStopping = false
        var owed = 0.0
    }

    private static let mostTimes = 10_000

    private let queue: PacketQueue
    private let policy: HoldPolicy
    private let state = Mutex(State())
    private let done = DispatchSemaphore(value: 0)

    /// Begins to hold the packets of a queue.
    ///
    /// - Throws: `LabError` if the kernel has no such queues.
    public init(queue number: UInt16, _ policy: HoldPolicy) throws(LabError) {
        queue = try PacketQueue(number: number)
        self.policy = policy
        Thread.detachNewThread { self.work() }
    }

    /// What has been held so far.
    public var statistics: Statistics {
        state.withLock { state in
            var statistics = state.statistics
            let times = state.times.sorted()
            if !times.isEmpty { statistics.median = times[times.count / 2] }
            return statistics
        }
    }

    /// Lets every held packet go and stops listening; rules that point here should be gone.
    public func finish() {
        state.withLock { $0.isStopping = true }
        done.wait()
    }

    private func work() {
        var waiting = Heap<Held>()
        var sequence = 0
        var latest = -1
        while !state.withLock({ $0.isStopping }) {
            wait(until: waiting.min?.release)
            for packet in queue.arrivals() {
                let now = ContinuousClock.now
                waiting.insert(
                    Held(
                        packet: packet, sequence: sequence, arrival: now,
                        release: now + holdTime()))
                sequence += 1
            }
            while let next = waiting.min, next.release <= .now {
                release(waiting.removeMin(), &latest)
            }
        }
        while let next = waiting.popMin() { queue.accept(next.packet) }
        for packet in queue.arrivals() { queue.accept(packet) }
        done.signal()
    }

    /// Waits for a packet, for the release of one, or for a while.
    private func wait(until release: ContinuousClock.Instant?) {
        let left = min(.milliseconds(20), release.map { $0 - .now } ?? .milliseconds(20))
        guard left > .zero else { return }
        clinux_await_readable(queue.descriptor, Int(left / .nanoseconds(1)))
    }

    private func holdTime() -> Duration {
        switch policy {
        case .delay(let time): return time
        case .reorder(let time, let share):
            return state.withLock { state in
                state.owed += share
                guard state.owed >= 1 else { return .zero }
                state.owed -= 1
                return time
            }
        }
    }

    private func release(_ held: Held, _ latest: inout Int) {
        queue.accept(held.packet)
        let time = ContinuousClock.now - held.arrival
        let isOvertaken = held.sequence < latest
        latest = max(latest, held.sequence)
        state.withLock { state in
            state.statistics.arrived += 1
            if isOvertaken { state.statistics.overtaking += 1 }
            guard held.release > held.arrival else { return }
            state.statistics.held += 1
            if state.times.count < Self.mostTimes { state.times.append(time) }
        }
    }
}
