internal import Foundation
internal import Synchronization
internal import SystemPackage

/// A volume that several threads use, with its health and its power.
///
/// One lock is enough: what it covers takes microseconds, and what takes longer, syncs, goes on
/// outside of it.
final class SharedVolume: Sendable {
    private struct State: ~Copyable, Sendable {
        var volume: Volume
        var health = Health()
        var isFrozen = false
        /// Whether it freezes as soon as something is unsynced.
        var isArmed = false
    }

    private let state: Mutex<State>
    private let start = ContinuousClock.now
    let power = PowerSwitch()

    init(_ volume: consuming Volume) {
        state = Mutex(State(volume: volume))
    }

    private var now: Duration { ContinuousClock.now - start }

    /// Uses the volume alone.
    ///
    /// - Throws: EIO once the power is gone, and what the body throws.
    func use<Result>(
        _ body: (inout Volume, Duration) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        let now = now
        return try state.withLock { state throws(Errno) in
            guard !state.isFrozen else { throw .ioError }
            let result = try body(&state.volume, now)
            if state.isArmed, !state.volume.log.isEmpty {
                state.isFrozen = true
                power.fallSilent()
            }
            return result
        }
    }

    /// Asks whether the disk does what a request needs.
    ///
    /// - Throws: the error of a sick disk.
    func need(_ request: Health.Request) throws(Errno) {
        switch state.withLock({ $0.health.answer(request) }) {
        case .works: return
        case .fails(let error): throw error
        case .dawdles(let time): power.wait(time)
        }
    }

    /// Syncs a file or a folder.
    ///
    /// - Throws: the error of the disk, sick or real.
    func sync(_ inode: Inode, dataOnly: Bool) throws(Errno) {
        let pending = try use { volume, _ throws(Errno) in
            try volume.beginSync(inode, dataOnly: dataOnly)
        }
        do {
            try pending.perform()
            try need(.sync)
            try use { volume, _ in volume.finish(pending, failed: false) }
        } catch {
            try use { volume, _ in volume.finish(pending, failed: true) }
            throw error
        }
    }

    // MARK: From outside

    /// Changes the disk's health.
    ///
    /// - Returns: what has shown of the sickness before.
    func turn(_ sickness: Sickness?, seed: UInt64) -> Health.Symptoms {
        state.withLock { $0.health.turn(sickness, seed: seed) }
    }

    /// From this moment on nothing changes and nothing becomes durable any more; given a time, from
    /// the first moment of it at which something is unsynced, or from its end.
    func freeze(within time: Duration = .zero) {
        let isArmed = state.withLock { state in
            state.isArmed = time > .zero && state.volume.log.isEmpty
            return state.isArmed
        }
        if isArmed { power.wait(time) }
        state.withLock {
            $0.isArmed = false
            // Silent first: whoever finds it frozen must not be answered.
            power.fallSilent()
            $0.isFrozen = true
        }
    }

    /// Rolls back to what the disk keeps; only after ``freeze()``.
    func lose(_ loss: PowerLoss) throws(Errno) -> LossReport {
        let now = now
        return try state.withLock { state throws(Errno) in
            precondition(state.isFrozen, "a disk loses what it lost when it froze")
            return try state.volume.lose(loss, now: now)
        }
    }

    /// The memory that the log takes, and what has counted as written back for want of it.
    var undoBytes: (held: Int, overLimit: Int) {
        state.withLock { ($0.volume.log.bytes, $0.volume.log.bytesOverLimit) }
    }
}
