import Foundation
import Plans
import Runner
import Stores
import Synchronization

/// What goes on while a run lasts: a line that changes on a terminal, a line now and then
/// elsewhere.
final class LiveLine: Sendable {
    private static let terminalInterval = Duration.milliseconds(250)
    private static let plainInterval = Duration.seconds(5)

    private let tally: Tally
    private let plan: Plan
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(tally: Tally, plan: Plan) {
        self.tally = tally
        self.plan = plan
    }

    func start() {
        let (tally, isTerminal) = (tally, isTerminal)
        let limit = plan.timeLimit.description
        task.withLock { task in
            task = Task {
                let start = ContinuousClock.now
                var last = (count: 0, instant: start)
                while !Task.isCancelled {
                    try? await Task.sleep(
                        for: isTerminal ? Self.terminalInterval : Self.plainInterval)
                    guard !Task.isCancelled else { return }
                    let now = ContinuousClock.now
                    let total = tally.total
                    let rate =
                        Double(total.completed - last.count)
                        / ((now - last.instant) / .seconds(1))
                    last = (total.completed, now)
                    let seconds = Int((now - start) / .seconds(1))
                    let line =
                        "\(seconds) s (load \(limit))  \(Int(rate)) op/s  "
                        + "ok \(total.ok) fail \(total.fail) info \(total.info)  "
                        + (tally.fault ?? "")
                    Console.write(isTerminal ? "\r\u{1b}[K\(line)" : line + "\n")
                }
            }
        }
    }

    func end() {
        task.withLock { $0?.cancel() }
        if isTerminal { Console.write("\r\u{1b}[K") }
    }
}
