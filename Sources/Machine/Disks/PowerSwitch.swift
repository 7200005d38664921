internal import Foundation

/// Whether a disk still answers.
///
/// At a power loss it falls silent first: requests are taken and left without an answer, so that
/// no node sees an error before it is dead. Then the waiting ones fail.
final class PowerSwitch: @unchecked Sendable {
    private enum State { case on, silent, off }

    private let condition = NSCondition()
    private var state = State.on

    /// Waits while the disk is silent.
    ///
    /// - Returns: whether it is on.
    func pass() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while state == .silent { condition.wait() }
        return state == .on
    }

    /// Waits for a time, or until the power goes.
    func wait(_ time: Duration) {
        let deadline = Date(timeIntervalSinceNow: time / .seconds(1))
        condition.lock()
        defer { condition.unlock() }
        while state == .on, condition.wait(until: deadline) {}
    }

    /// From now on nobody gets an answer.
    func fallSilent() { turn(.silent) }

    /// From now on everybody gets an error.
    func turnOff() { turn(.off) }

    private func turn(_ state: State) {
        condition.lock()
        self.state = state
        condition.broadcast()
        condition.unlock()
    }
}
