import Checkers
import Foundation
import Histories
import Models

/// Checks one history file after another and prints what was found.
struct FileChecker {
    let model: any Model
    let budget: Budget
    let keying: History.Keying
    let missing: History.MissingCompletion
    let isJSON: Bool
    let contradictions: String?

    /// Checks a file and prints its verdict.
    func check(_ file: String) -> Rank {
        do {
            let usage = Usage()
            let history = try History(contentsOf: file).keyed(keying).reading(missing: missing)
            let read = usage.lap()
            let report = try report(of: history, with: model)
            let line = FileReport(
                file, report, note: note, read: read, check: usage.lap())
            Console.line(isJSON ? try line.json : "\(file)\t\(report.verdict.word)")
            if !isJSON { explain(report) }
            try store(report, of: history, file: file)
            return Rank(report.verdict)
        } catch {
            Console.line(isJSON ? FileReport.unreadable(file, error) : "\(file)\tunreadable")
            let place = error is HistoryError ? "" : "\(file): "
            Console.complain("whitewater: \(place)\(error)")
            return .unreadable
        }
    }

    private func report(of history: History, with model: some Model) throws -> Report {
        try Checker(model: model, budget: budget).check(history)
    }

    private func explain(_ report: Report) {
        for key in report.keys {
            let name = key.key.map { "key \($0): " } ?? ""
            switch key.verdict {
            case .linearizable: continue
            case .undecided(let limit, let frontier):
                Console.complain("  \(name)undecided: \(limit)")
                Console.complain("  \(name)\(frontier)")
            case .violation(let found):
                Console.complain("  \(name)\(found.sentence)")
                let shown = found.operations.prefix(12).map { "\($0)" }.joined(separator: ", ")
                let more = found.operations.count > 12 ? " and others" : ""
                Console.complain("  \(name)operations \(shown)\(more) contradict each other")
            }
        }
        if case .linearizable = report.verdict { return }
        Console.complain("  (model \(report.model); \(report.reading)\(note))")
    }

    private var note: String {
        missing == .never ? "; one without any completion never happened" : ""
    }

    /// Writes each contradiction as a history of its own.
    private func store(_ report: Report, of history: History, file: String) throws {
        guard let contradictions else { return }
        try FileManager.default.createDirectory(
            atPath: contradictions, withIntermediateDirectories: true)
        for key in report.violations {
            guard case .violation(let found) = key.verdict else { continue }
            let name = URL(filePath: file).deletingPathExtension().lastPathComponent
            let suffix = key.key.map { "-key-\($0)" } ?? ""
            try Data(history.edn(of: found.history)).write(
                to: URL(filePath: "\(contradictions)/\(name)\(suffix).edn"))
        }
    }
}

/// One file's verdict for a machine.
private struct FileReport: Encodable {
    let file: String
    let verdict: String
    let model: String
    let reading: String
    let operations: Int
    let keys: Int
    let deciders: [String: Int]
    let configurations: Int
    let searchBytes: Int
    let peakBytes: Int
    let readCPUSeconds: Double
    let checkCPUSeconds: Double
    let decideSeconds: Double
    let explanations: [String]

    init(
        _ file: String, _ report: Report, note: String, read: Usage.Lap, check: Usage.Lap
    ) {
        self.file = file
        verdict = report.verdict.word
        model = report.model
        reading = report.reading + note
        operations = report.keys.reduce(0) { $0 + $1.operations }
        keys = report.keys.count
        deciders = Dictionary(report.keys.map { ($0.decider.rawValue, 1) }) { $0 + $1 }
        configurations = report.keys.reduce(0) { $0 + $1.configurations }
        searchBytes = report.keys.map(\.bytes).max() ?? 0
        peakBytes = check.peakBytes
        readCPUSeconds = read.seconds
        checkCPUSeconds = check.seconds
        decideSeconds = report.keys.reduce(0) { $0 + $1.decided / .seconds(1) }
        explanations = report.keys.compactMap { key in
            switch key.verdict {
            case .linearizable: nil
            case .violation(let found): found.sentence
            case .undecided(let limit, let frontier): "\(limit); \(frontier)"
            }
        }
    }

    var json: String {
        get throws { try Self.encode(self) }
    }

    private static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func unreadable(_ file: String, _ error: any Error) -> String {
        let report = ["file": file, "verdict": "unreadable", "error": "\(error)"]
        return (try? encode(report)) ?? "{\"verdict\":\"unreadable\"}"
    }
}

/// CPU time and memory of this process.
final class Usage {
    /// What was used since the last lap.
    struct Lap {
        /// CPU seconds of all threads.
        let seconds: Double
        /// The most resident memory since the start of the file.
        let peakBytes: Int
    }

    private var last = Usage.cpuSeconds

    /// Starts anew, with the kernel's mark of the highest memory where it is now.
    init() {
        // Without this right the mark is that of the whole process, which is more, never less.
        try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    }

    func lap() -> Lap {
        let now = Self.cpuSeconds
        defer { last = now }
        return Lap(seconds: now - last, peakBytes: Self.peakBytes)
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var peakBytes: Int {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1_024
    }
}
