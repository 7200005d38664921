import Checkers
import Dispatch
import Foundation
import Histories
import Models
import Synchronization
import Testing

/// The folder of histories from real systems that may lie beside a checkout; never part of it.
enum RealHistories {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/histories")

    static let isPresent = FileManager.default.fileExists(atPath: folder.path)

    static func files(_ path: String, _ suffix: String) -> [URL] {
        let folder = folder.appending(path: path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder.appending(path: $0) }
    }

    static func verdict(_ file: URL, _ semantics: Semantics) throws -> Verdict {
        let history = try History(contentsOf: file.path).keyed(.single)
        return try Checker(
            model: Register(semantics: semantics), budget: Budget(time: .seconds(10))
        ).check(history).verdict
    }
}

@Suite(
    .enabled(
        if: RealHistories.isPresent,
        "the folder shared/histories is not beside this checkout: histories of real systems"))
struct `Histories of real systems` {
    @Test func `Jepsen's etcd logs have the verdicts of EXPECTED.tsv`() throws {
        let semantics = Semantics(failedCAS: .all)
        let table = try String(
            contentsOf: RealHistories.folder.appending(path: "etcd-jepsen/EXPECTED.tsv"),
            encoding: .utf8)
        let rows = table.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.count == 52)
        for row in rows {
            let file = RealHistories.folder.appending(path: "etcd-jepsen/\(row[0])")
            let verdict = try RealHistories.verdict(file, semantics)
            #expect(verdict.word == (row[1] == "true" ? "linearizable" : "violation"), "\(row[0])")
        }
    }

    @Test func `explanations are the same alone and beside other work`() throws {
        let histories = try RealHistories.files("etcd-jepsen", ".log").prefix(24).map {
            try History(contentsOf: $0.path).keyed(.single)
        }
        let checker = Checker(model: Register(semantics: Semantics(failedCAS: .all)))
        let alone = try histories.map { try checker.check($0).verdict }
        #expect(alone.contains { $0.word == "violation" })
        // More threads than the machine has cores, each with all of them.
        let agree = Mutex(0)
        let threads = 4 * ProcessInfo.processInfo.activeProcessorCount
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            let beside = try? histories.map { try checker.check($0).verdict }
            if beside == alone { agree.withLock { $0 += 1 } }
        }
        #expect(agree.withLock { $0 } == threads)
    }

    @Test(arguments: ["good", "bad"])
    func `Knossos' own histories have the verdict of their folder`(folder: String) throws {
        let semantics = Semantics(nilReads: .ignored, failedCAS: .dropped)
        let files = RealHistories.files("cas-register/\(folder)", ".edn")
        #expect(!files.isEmpty)
        for file in files {
            let verdict = try RealHistories.verdict(file, semantics)
            #expect(
                verdict.word == (folder == "good" ? "linearizable" : "violation"),
                "\(file.lastPathComponent)")
        }
    }

    @Test func `Dragonboat's histories are linearizable`() throws {
        let files = RealHistories.files("dragonboat", ".edn")
        #expect(!files.isEmpty)
        for file in files {
            let verdict = try RealHistories.verdict(file, Semantics())
            #expect(verdict.word == "linearizable", "\(file.lastPathComponent)")
        }
    }

    @Test func `crashed writes of several registers are not spent before the reads that need them`()
        throws
    {
        let file = RealHistories.folder
            .appending(path: "models/multi-register-1000-10-20-5-ok.edn")
        let history = try History(contentsOf: file.path)
        // Work is counted, so that this is the same on any machine.
        let checker = Checker(model: MultiRegister(), budget: Budget(steps: 40_000_000))
        let report = try checker.check(history)
        #expect(report.verdict.word == "linearizable", "\(report.keys[0].steps) steps")
    }

    @Test func `key-value histories have the verdict of their name`() throws {
        let files = RealHistories.files("kv", ".txt")
        #expect(files.count == 4)
        for file in files {
            let history = try History(contentsOf: file.path)
            let verdict = try Checker(model: KeyValue()).check(history).verdict
            let isGood = file.lastPathComponent.contains("-ok")
            #expect(
                verdict.word == (isGood ? "linearizable" : "violation"),
                "\(file.lastPathComponent)")
        }
    }

    @Test func `hard histories are never judged wrongly`() throws {
        let files = RealHistories.files("hard", ".edn")
        #expect(!files.isEmpty)
        for file in files {
            let verdict = try RealHistories.verdict(file, Semantics(failedCAS: .all))
            let isGood = file.lastPathComponent.contains("-ok-")
            #expect(
                verdict.word == (isGood ? "linearizable" : "violation")
                    || verdict.word == "undecided",
                "\(file.lastPathComponent)")
            if verdict.word == "undecided" { print("undecided: \(file.lastPathComponent)") }
        }
    }
}
