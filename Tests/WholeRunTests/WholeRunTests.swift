import Faults
import Foundation
import Histories
import Stores
import Testing

/// The program itself, as a user runs it, on real etcd processes in real namespaces.
@Suite(.serialized) struct `Whole runs` {
    /// The program beside the test bundle.
    private static let program: String = {
        let executable =
            (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let candidates = [executable] + CommandLine.arguments
        let folders = candidates.map { URL(filePath: $0).deletingLastPathComponent() }
        return folders.map { $0.appending(path: "whitewater").path }
            .first(where: FileManager.default.isExecutableFile(atPath:)) ?? "whitewater"
    }()

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private let results = FileManager.default.temporaryDirectory
        .appending(path: "whitewater-\(UUID().uuidString)").path

    /// A running program with what it has printed.
    private func start(_ arguments: [String]) throws -> (Process, Pipe) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = arguments
        process.currentDirectoryURL = Self.root
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output)
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let (process, output) = try start(arguments)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private var latest: RunFolder { RunFolder(existing: results + "/latest") }

    @Test func `a healthy etcd is valid, and every fault has its evidence`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (status, output) = try run([
            "test", "Workloads/quickstart.yaml", "--time-limit", "23s", "--seed", "3",
            "--faults", "halves,isolate-leader,kill-one,pause-leader", "--results", results,
        ])
        #expect(status == 0, "\(output)")
        let stored = try latest.readResults()
        #expect(stored.verdict == .valid)
        #expect(stored.faults.count == 4)
        #expect(stored.faults.allSatisfy { $0.bit })
        let cut = try #require(stored.faults.first { $0.kind == "halves" })
        #expect(cut.links.count == 12)
        #expect(cut.links.reduce(0) { $0 + $1.droppedPackets } > 0)
        for file in ["plan.yaml", "history.edn", "whitewater.log", "index.html"] {
            #expect(FileManager.default.fileExists(atPath: latest.path + "/" + file), "\(file)")
        }
        #expect(!FileManager.default.fileExists(atPath: latest.path + "/nodes/n1/data"))
        let history = try History(contentsOf: latest.history)
        #expect(
            history.nemesis.map(\.function)
                == Array(repeating: ["inject", "heal"], count: 4)
                .flatMap(\.self))
    }

    @Test func `stale reads are found, and named with the write that they missed`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (status, output) = try run([
            "test", "Workloads/etcd-serializable.yaml", "--time-limit", "15s", "--seed", "1",
            "--results", results,
        ])
        #expect(status == 1, "\(output)")
        let stored = try latest.readResults()
        #expect(stored.verdict == .invalid)
        let contradiction = try #require(stored.keys.compactMap(\.contradiction).first)
        let history = try History(contentsOf: latest.history).keyed(.independent)
        #expect(history.operations[contradiction.culprit].function == "read")
        let missed = try #require(contradiction.missed)
        #expect(["write", "cas"].contains(history.operations[missed].function))
        #expect(FileManager.default.fileExists(atPath: latest.path + "/nodes/n1/data"))
        let excerpts = try FileManager.default.contentsOfDirectory(
            atPath: latest.path + "/contradictions")
        #expect(!excerpts.isEmpty)
        let again = try run(["check", latest.path + "/contradictions"])
        #expect(again.status == 1)
        #expect(!again.output.contains("\tlinearizable"), "each contradicts itself")
        let check = try run(["check", latest.history])
        #expect(check.status == 1)
        #expect(check.output.contains("\tviolation"))
    }

    @Test func `SIGTERM ends a run in good order, with its history and its verdict`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (process, output) = try start([
            "test", "Workloads/quickstart.yaml", "--faults", "none", "--results", results,
        ])
        try waitForHistory(longerThan: 150_000)
        process.terminate()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(try latest.readResults().verdict == .valid)
    }

    @Test func `SIGKILL leaves no process behind, and the history reads back`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (process, _) = try start([
            "test", "Workloads/quickstart.yaml", "--results", results,
        ])
        try waitForHistory(longerThan: 20_000)
        let descendants = Self.descendants(of: process.processIdentifier)
        #expect(descendants.count >= 7, "unshare, process 1, five nodes")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let deadline = ContinuousClock.now + .seconds(1)
        while descendants.contains(where: Self.isAlive), ContinuousClock.now < deadline {
            usleep(5_000)
        }
        #expect(!descendants.contains(where: Self.isAlive))
        let history = try History(contentsOf: latest.history, tail: .maybeTorn)
        #expect(history.operations.count > 50)
    }

    @Test(arguments: [
        (["test", "Workloads/none.yaml"], "cannot be read"),
        (["test", "Workloads/quickstart.yaml", "--time-limit", "soon"], "write 60s"),
        (["test", "Workloads/quickstart.yaml", "--faults", "halfs"], "did you mean 'halves'"),
        (["test", "Workloads/quickstart.yaml", "--nodes", "0"], "between 1 and 99"),
        (["tset"], "Unexpected argument"),
        (["check", "/nowhere.edn"], "no such file"),
        (["check", "Makefile"], "found"),
        (["check", "x.edn", "--model", "stak"], "did you mean 'stack'"),
        (["check"], "name a history file"),
        (["check", "x.edn", "--missing-completion", "maybe"], "is invalid"),
        (["generate", "--ops", "0"], "above 0"),
        (["list", "everything"], "is invalid"),
    ])
    func `wrong usage exits with 64 and says what to do`(
        arguments: [String], message: String
    ) throws {
        let (status, output) = try run(arguments)
        #expect(status == 64, "\(output)")
        #expect(output.contains(message), "\(output)")
    }

    @Test func `a program that does not start is a set-up failure, never a verdict`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (status, output) = try run([
            "test", "Workloads/quickstart.yaml", "--binary", "/bin/false", "--results", results,
        ])
        #expect(status == 70, "\(output)")
        #expect(!FileManager.default.fileExists(atPath: latest.results))
    }

    // MARK: Watching

    private func waitForHistory(longerThan bytes: Int) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let size =
                try? FileManager.default.attributesOfItem(atPath: latest.history)[.size] as? Int
            if size ?? 0 > bytes { return }
            usleep(20_000)
        }
        Issue.record("no history of \(bytes) bytes after a minute")
    }

    private static func descendants(of process: Int32) -> [Int32] {
        let text = try? String(
            contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        let children = (text ?? "").split(separator: " ").compactMap { Int32($0) }
        // Children of other threads stand in those threads' files.
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task"))
        let others = (tasks ?? []).filter { $0 != "\(process)" }.flatMap { task in
            ((try? String(
                contentsOfFile: "/proc/\(process)/task/\(task)/children", encoding: .utf8)) ?? "")
                .split(separator: " ").compactMap { Int32($0) }
        }
        return (children + others).flatMap { [$0] + descendants(of: $0) }
    }

    private static func isAlive(_ process: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let state = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].dropFirst(2).first
        else { return false }
        return state != "Z" && state != "X"
    }
}
