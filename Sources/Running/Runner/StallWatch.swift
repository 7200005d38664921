internal import Foundation
internal import Results
internal import Synchronization

/// Notices when the harness itself stands still: stopped by a signal, starved of processors, or
/// swapped out.
///
/// A thread of its own and a task of the pool each want to go on every few milliseconds; whichever
/// comes late has seen a stall. What clients and nodes did meanwhile was not seen, and what was
/// not done is not the system's fault.
final class StallWatch: Sendable {
    private static let beat = Duration.milliseconds(20)

    private let clock: RunClock
    private let meters = Mutex([StallMeter(), StallMeter()])
    private let isOver = Mutex(false)
    private let pool = Mutex<Task<Void, Never>?>(nil)

    init(clock: RunClock) { self.clock = clock }

    /// Begins to watch; ``end()`` must follow.
    func begin() {
        Thread.detachNewThread { [self] in
            while !isOver.withLock({ $0 }) {
                // The sleep is the measurement: how much later than asked it ends.
                Thread.sleep(forTimeInterval: Self.beat / .seconds(1))
                note(0)
            }
        }
        pool.withLock { task in
            task = Task.detached { [self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.beat)
                    note(1)
                }
            }
        }
    }

    /// Ends watching.
    func end() {
        isOver.withLock { $0 = true }
        pool.withLock { $0?.cancel() }
    }

    /// The stalls so far, by time.
    var stalls: [Stall] {
        let now = clock.now / .seconds(1)
        return meters.withLock { meters in
            StallMeter.merged(meters.flatMap { $0.stalls(until: now) })
        }
    }

    private func note(_ meter: Int) {
        let now = clock.now / .seconds(1)
        meters.withLock { $0[meter].beat(at: now) }
    }
}

/// Finds the gaps in a heartbeat; times in seconds.
struct StallMeter: Sendable {
    /// A beat that comes so much later than the last one has seen a stall: less than any election
    /// timeout that a plan would use, and more than a busy machine's usual delays.
    static let threshold = 0.25

    private var last: Double?
    private(set) var stalls: [Stall] = []

    /// Takes a beat.
    mutating func beat(at time: Double) {
        if let last, time - last > Self.threshold { stalls.append(Stall(start: last, end: time)) }
        last = time
    }

    /// The stalls, with one that may last at this moment.
    func stalls(until now: Double) -> [Stall] {
        guard let last, now - last > Self.threshold else { return stalls }
        return stalls + [Stall(start: last, end: now)]
    }

    /// Stalls of several meters, those that overlap as one, by time.
    static func merged(_ stalls: [Stall]) -> [Stall] {
        var merged: [Stall] = []
        for stall in stalls.sorted(by: { $0.start < $1.start }) {
            if let last = merged.last, stall.start <= last.end {
                merged[merged.count - 1].end = max(last.end, stall.end)
            } else {
                merged.append(stall)
            }
        }
        return merged
    }
}
