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
    /// Every one until ``PacketHold/release()``; those that would make it more than so many bytes
    /// are lost.
    case untilReleased(Order, limit: Int)

    /// In which order packets go on that were held until a release.
    public enum Order: Hashable, Sendable {
        /// As they came.
        case sent
        /// Shuffled, by dice of this seed.
        case shuffled(seed: UInt64)
    }
}

/// Holds the packets of a queue in user space and lets them go later.
///
/// What netem does in the kernel, for kernels without it, and what no kernel does: to hold packets
/// until somebody says so. A thread of its own waits for packets and for the next release; a timer
/// of the kernel wakes it to within about 0.1 ms, and a release to within 2 ms.
public final class PacketHold: Sendable {
    /// What has been held.
    public struct Statistics: Hashable, Sendable {
        /// Packets that came and have gone on.
        public var arrived = 0
        /// Packets that were held.
        public var held = 0
        /// Packets that were let go before an earlier one.
        public var overtaking = 0
        /// Half of the held packets were held no longer than this; over the first 10,000.
        public var median = Duration.zero
        /// Bytes of packets that were held until the release.
        public var heldBytes = 0
        /// Packets that went on at the release.
        public var released = 0
        /// Packets that found no room, and were lost.
        public var refused = 0
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

    /// What the thread is asked to do.
    private enum Phase {
        case holding
        case releasing
        case stopping
    }

    private struct State {
        var statistics = Statistics()
        var times: [Duration] = []
        var phase = Phase.holding
        var owed = 0.0
    }

    private static let mostTimes = 10_000
    private static let longestWait = Duration.milliseconds(2)

    private let queue: PacketQueue
    private let policy: HoldPolicy
    private let state = Mutex(State())
    private let released = DispatchSemaphore(value: 0)
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

    /// Lets every packet go that is held until a release, and from now on each at once; returns
    /// when they have gone.
    public func release() {
        state.withLock { $0.phase = .releasing }
        released.wait()
    }

    /// Lets every held packet go and stops listening; rules that point here should be gone.
    public func finish() {
        state.withLock { $0.phase = .stopping }
        done.wait()
    }

    private func work() {
        var waiting = Heap<Held>()
        var stored: [PacketQueue.Packet] = []
        var sequence = 0
        var latest = -1
        var phase = Phase.holding
        while phase != .stopping {
            wait(until: waiting.min?.release)
            for packet in queue.arrivals() {
                if case .untilReleased(_, let limit) = policy, phase == .holding {
                    store(packet, in: &stored, limit: limit)
                    continue
                }
                let now = ContinuousClock.now
                waiting.insert(
                    Held(
                        packet: packet.number, sequence: sequence, arrival: now,
                        release: now + holdTime()))
                sequence += 1
            }
            while let next = waiting.min, next.release <= .now {
                release(waiting.removeMin(), &latest)
            }
            let asked = state.withLock { $0.phase }
            if phase == .holding, asked != .holding {
                for packet in queue.arrivals() { store(packet, in: &stored, limit: .max) }
                release(stored)
            }
            phase = asked
        }
        while let next = waiting.popMin() { queue.accept(next.packet) }
        for packet in queue.arrivals() { queue.accept(packet.number) }
        done.signal()
    }

    /// Waits for a packet, for the release of one, or for a while.
    private func wait(until release: ContinuousClock.Instant?) {
        let left = min(Self.longestWait, release.map { $0 - .now } ?? Self.longestWait)
        guard left > .zero else { return }
        clinux_await_readable(queue.descriptor, Int(left / .nanoseconds(1)))
    }

    private func holdTime() -> Duration {
        switch policy {
        case .delay(let time): return time
        case .untilReleased: return .zero
        case .reorder(let time, let share):
            return state.withLock { state in
                state.owed += share
                guard state.owed >= 1 else { return .zero }
                state.owed -= 1
                return time
            }
        }
    }

    private func store(
        _ packet: PacketQueue.Packet, in stored: inout [PacketQueue.Packet], limit: Int
    ) {
        guard case .untilReleased = policy else { return queue.accept(packet.number) }
        let isHeld = state.withLock { state in
            guard state.statistics.heldBytes + packet.length <= limit else {
                state.statistics.refused += 1
                return false
            }
            state.statistics.heldBytes += packet.length
            state.statistics.held += 1
            return true
        }
        if isHeld { stored.append(packet) } else { queue.drop(packet.number) }
    }

    /// Lets go what was held until now.
    private func release(_ stored: [PacketQueue.Packet]) {
        var packets = stored
        if case .untilReleased(.shuffled(let seed), _) = policy {
            var random = ShuffleDice(state: seed)
            packets.shuffle(using: &random)
        }
        for packet in packets { queue.accept(packet.number) }
        state.withLock {
            $0.statistics.released = packets.count
            $0.statistics.arrived += packets.count
        }
        released.signal()
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

/// Vigna's SplitMix64, <https://prng.di.unimi.it/splitmix64.c>: enough to shuffle packets.
private struct ShuffleDice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
