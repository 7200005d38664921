import Checkers
import Foundation

/// One file's verdict for a machine.
struct FileReport: Encodable {
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
