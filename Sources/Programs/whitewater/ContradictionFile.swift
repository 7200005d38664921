import Checkers
import Foundation
import Histories
import Models

/// A contradiction as a history file of its own, which says where it comes from and by which rules
/// it is one.
struct ContradictionFile {
    /// The name without its number and its ending.
    private let stem: String
    /// The first lines: comments, the first of which is the file's identity.
    private let header: [String]
    private let events: [UInt8]

    /// Writes the contradiction down and judges what was written.
    ///
    /// - Throws: `FileProblem` if that is no violation by itself.
    init(
        _ found: Contradiction, key: Value?, of history: History, file: String,
        rules: CheckRules
    ) throws {
        let source =
            file == HistoryFiles.standardInput
            ? "the standard input" : URL(filePath: file).standardizedFileURL.path
        stem = Self.stem(file: file, key: key)
        events = history.edn(of: found.history)
        header = [
            "; from \(source)" + (key.map { ", key \($0)" } ?? ""),
            "; operations that contradict each other: \(found.history.count)",
            "; whitewater check \(rules.options)",
            "; \(found.sentence)",
        ].map { $0.replacing("\n", with: " ") }
        // What was written must say by itself what was found in the whole.
        let copy = try History(bytes: events).reading(missing: rules.missing)
        let verdict = try Self.judge(rules.model, copy, rules.budget)
        guard case .violation = verdict else {
            throw FileProblem(
                file: file,
                what: "the contradiction is \(verdict.word) by itself and was not written")
        }
    }

    private static func judge(
        _ model: some Model, _ history: History, _ budget: Budget
    ) throws -> Verdict {
        try Checker(model: model, budget: budget).check(history).verdict
    }

    /// Writes the file into a folder, under a name that no other contradiction has.
    ///
    /// A file of that name is replaced only if it is an earlier one of the same key of the same
    /// history.
    func write(to folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        var number = 1
        while true {
            let path = "\(folder)/\(stem)\(number == 1 ? "" : "-\(number)").edn"
            guard FileManager.default.fileExists(atPath: path) else { return try write(path) }
            let old = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            if old.prefix(while: { $0 != "\n" }) == header[0] { return try write(path) }
            number += 1
        }
    }

    private func write(_ path: String) throws {
        let text = Data((header.joined(separator: "\n") + "\n").utf8) + Data(events)
        try text.write(to: URL(filePath: path), options: .atomic)
    }

    /// The history's name and the key, without what a file's name cannot hold.
    private static func stem(file: String, key: Value?) -> String {
        var name =
            file == HistoryFiles.standardInput ? "input" : URL(filePath: file).lastPathComponent
        if name.hasSuffix(".gz") { name.removeLast(3) }
        if let dot = name.lastIndex(of: "."), dot > name.startIndex { name = String(name[..<dot]) }
        guard let key else { return name }
        let spelling = "\(key)".unicodeScalars.map { scalar in
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic
                    || ("0"..."9").contains(scalar) || "-_.".unicodeScalars.contains(scalar))
            return isPlain
                ? String(scalar)
                : scalar.utf8.map { byte in
                    "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }.joined()
        }.joined()
        // A file's name has at most 255 bytes; the first line of each file tells them apart.
        return "\(name)-key-\(spelling.prefix(100))"
    }
}
