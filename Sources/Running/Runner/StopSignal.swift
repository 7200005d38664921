internal import Synchronization

/// Tells everything in a run that it should come to its end, once.
public final class StopSignal: Sendable {
    private struct State {
        var isStopped = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// A signal that has not been given.
    public init() {}

    /// Gives the signal; giving it again does nothing.
    public func stop() {
        let waiters = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.self)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Whether the signal has been given.
    public var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Waits until the instant or the signal, whichever comes first.
    ///
    /// - Returns: whether the signal has been given.
    @discardableResult
    public func wait(until instant: ContinuousClock.Instant) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(until: instant, clock: .continuous) }
            group.addTask { await self.waitForSignal() }
            await group.next()
            group.cancelAll()
        }
        return isStopped
    }

    /// Waits for the signal, or until the task is cancelled.
    ///
    /// - Returns: whether the signal has been given.
    @discardableResult
    public func wait() async -> Bool {
        await waitForSignal()
        return isStopped
    }

    private func waitForSignal() async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isStopped, !Task.isCancelled else { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
            waiter?.resume()
        }
    }
}
