import Foundation

/// The thread on which nodes are started: the kernel ends them with the thread that started them
/// (`setpriv --pdeathsig`), and a thread of a pool ends whenever the pool has no work for it.
final class SpawningThread: @unchecked Sendable {
    /// One for all, as long as the process.
    static let shared = SpawningThread()

    private let condition = NSCondition()
    private var jobs: [() -> Void] = []

    private init() {
        Thread { [self] in while true { next()() } }.start()
    }

    private func next() -> () -> Void {
        condition.withLock {
            while jobs.isEmpty { condition.wait() }
            return jobs.removeFirst()
        }
    }

    /// Runs something there, and waits for its end.
    func run(_ body: @escaping () throws -> Void) throws {
        let ended = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var result: Result<Void, any Error>?
        condition.withLock {
            jobs.append {
                result = Result { try body() }
                ended.signal()
            }
            condition.signal()
        }
        ended.wait()
        try result?.get()
    }
}
