import Foundation
import Results
import Stores
import Testing

/// Runs that end, or stand still, at the first thing that is wrong.
@Suite(.serialized) struct `The first violation` {
    private let machine = Machine()

    private var mutant: [String] {
        let binary = URL(filePath: Machine.program).deletingLastPathComponent()
            .appending(path: "raftd-mutant").path
        return [
            "test", "Tests/Running/WholeRunTests/mutants.yaml", "--binary", binary, "--seed", "1",
            "--time-limit", "60s", "--results", machine.results,
        ]
    }
    private let bug = ["WHITEWATER_MUTANT": "11"]

    @Test func `ends the run that was told so, and its time is a number in the results`() throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.run(mutant + ["--stop-at-first"], environment: bug)
        #expect(status == 1, "\(output)")
        let stored = try machine.latest.readResults()
        #expect(stored.ending == .foundFirst)
        #expect(stored.timings.load < 60)
        let early = try #require(stored.early)
        #expect(!early.violations.isEmpty || !early.findings.isEmpty)
        #expect(early.violations.allSatisfy { $0.broken <= $0.said })
        let first = try #require(stored.firstViolation)
        #expect(first > 0 && first <= stored.timings.load)
        #expect(output.contains("--stop-at-first"), "the command that repeats it: \(output)")
    }

    @Test func `freezes the cluster that is to be kept, until Ctrl-C`() throws {
        defer { machine.removeResults() }
        let (process, output) = try machine.start(mutant + ["--keep-alive"], environment: bug)
        let nodes = { (state: String) in
            Machine.descendants(of: process.processIdentifier).count { candidate in
                let words = FileManager.default.contents(atPath: "/proc/\(candidate)/cmdline")
                    .map { String(decoding: $0, as: UTF8.self) }
                let stat =
                    (try? String(contentsOfFile: "/proc/\(candidate)/stat", encoding: .utf8)) ?? ""
                return words?.contains("raftd-mutant") == true && words?.contains("run") == true
                    && words?.contains("--inside-lab") == false && stat.contains(") \(state) ")
            }
        }
        #expect(Machine.await { nodes("T") == 5 }, "all five stand still")
        process.interrupt()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1, "\(text)")
        #expect(text.contains("nsenter"), "\(text)")
        for node in 1...5 { #expect(text.contains("n\(node) at "), "\(text)") }
        #expect(try machine.latest.readResults().ending == .foundFirst)
    }
}
