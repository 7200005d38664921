import Foundation
import Testing

/// Dialogues of small clusters, as text: each command with what came of it.
///
/// `REWRITE=1 swift test --filter Transcripts` writes what happens now in place of what is
/// expected; read the difference before you commit it.
@Suite struct `Transcripts` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Transcripts")

    private static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".txt") }.sorted()

    @Test func `there are some`() { #expect(Self.names.count >= 8) }

    @Test(arguments: names)
    func `the cluster says what the script says`(name: String) throws {
        let file = Self.folder.appending(path: name)
        let text = try String(contentsOf: file, encoding: .utf8)
        let played = try Self.play(text)
        if ProcessInfo.processInfo.environment["REWRITE"] == "1" {
            try played.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(played == text, "REWRITE=1 writes what happens now")
    }

    /// The script with what happens behind each command.
    ///
    /// Lines that begin with `>` are commands, with `#` remarks; all others are what came of the
    /// command before.
    private static func play(_ script: String) throws -> String {
        var dialogue = Dialogue()
        var lines: [String] = []
        for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("> ") {
                if let last = lines.last, !last.isEmpty, !last.hasPrefix("#") { lines.append("") }
                lines.append(String(line))
                lines += try dialogue.perform(String(line.dropFirst(2)))
            } else if line.hasPrefix("#") {
                if let last = lines.last, !last.isEmpty, !last.hasPrefix("#") { lines.append("") }
                lines.append(String(line))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
