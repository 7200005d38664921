import Foundation
import Plans
import Results
import Runner
import Synchronization

/// What goes on while a run lasts: a line that changes on a terminal, a line now and then
/// elsewhere.
final class LiveLine: Sendable {
    private static let terminalInterval = Duration.milliseconds(250)
    private static let plainInterval = Duration.seconds(5)

    private let tally: Tally
    private let limit: Duration
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(tally: Tally, plan: Plan) {
        self.tally = tally
        limit = plan.timeLimit.duration
    }

    func start() {
        let (tally, limit, isTerminal) = (tally, limit, isTerminal)
        task.withLock { task in
            task = Task {
                var last = (count: 0, instant: ContinuousClock.now)
                var began: ContinuousClock.Instant?
                while !Task.isCancelled {
                    try? await Task.sleep(
                        for: isTerminal ? Self.terminalInterval : Self.plainInterval)
                    guard !Task.isCancelled else { return }
                    let now = ContinuousClock.now
                    if began == nil, tally.phase == .load { began = now }
                    let total = tally.total
                    let rate =
                        Double(total.completed - last.count)
                        / ((now - last.instant) / .seconds(1))
                    last = (total.completed, now)
                    let line = Self.line(
                        tally, rate: rate, elapsed: began.map { now - $0 }, limit: limit)
                    Console.write(
                        isTerminal
                            // One column is left free, or some terminals begin a new line.
                            ? "\r\u{1b}[K" + line.cut(to: Terminal.width.map { $0 - 1 })
                            : line + "\n")
                }
            }
        }
    }

    /// Phase and progress, rate, what nobody knows, who leads, what is being done: what matters
    /// most first, for a narrow terminal cuts the end.
    static func line(
        _ tally: Tally, rate: Double, elapsed: Duration?, limit: Duration
    ) -> String {
        let total = tally.total
        var parts: [String] = []
        if tally.phase == .load, let elapsed {
            let left = max(.zero, limit - elapsed)
            parts.append(
                "load \(whole(elapsed))/\(whole(limit)) s, \(whole(left)) s left")
        } else {
            parts.append(tally.phase.rawValue)
        }
        if tally.phase != .settingUp {
            parts.append("\(Int(saturating: rate)) op/s")
            parts.append("ok \(total.ok), unknown \(total.info)")
        }
        let verdict = tally.verdict
        if verdict.decided > 0 || verdict.findings > 0 {
            parts.append(
                "\(verdict.decided) keys decided, \(verdict.broken) broken"
                    + (verdict.findings > 0 ? ", \(verdict.findings) findings on nodes" : ""))
        }
        if let leader = tally.leader {
            let term = leader.termWords.map { ", " + $0 } ?? ""
            parts.append("\(leader.leader) leads\(term)")
        }
        if let fault = tally.fault { parts.append(fault) }
        return parts.joined(separator: " · ")
    }

    private static func whole(_ time: Duration) -> Int {
        Int(saturating: (time / .seconds(1)).rounded())
    }

    /// Writes a line of its own, in place of the one that changes.
    static func interrupt(_ sentence: String) {
        Console.line((isatty(STDOUT_FILENO) == 1 ? "\r\u{1b}[K" : "") + sentence)
    }

    func end() {
        task.withLock { $0?.cancel() }
        if isTerminal { Console.write("\r\u{1b}[K") }
    }
}
