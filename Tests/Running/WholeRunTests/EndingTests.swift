import Faults
import Foundation
import Histories
import Results
import Runner
import Stores
import Testing

/// However a run ends, it leaves nothing behind and loses nothing.
@Suite(.serialized) struct `Endings` {
    private let machine = Machine()

    private var quickstart: [String] {
        ["test", "Workloads/quickstart.yaml", "--results", machine.results]
    }

    @Test func `SIGTERM ends a run in good order, with its history and its verdict`() throws {
        defer { machine.removeResults() }
        let (process, output) = try machine.start(quickstart + ["--faults", "none"])
        machine.awaitHistory(longerThan: 150_000)
        process.terminate()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(try machine.latest.readResults().verdict == .valid)
    }

    @Test func `timeout ends a run in good order too`() throws {
        defer { machine.removeResults() }
        let (status, text) = try machine.run(
            ["-s", "TERM", "6", Machine.program] + quickstart + ["--faults", "none"],
            program: "/usr/bin/timeout")
        // timeout says with 124 that it had to send the signal.
        #expect(status == 124, "\(text)")
        #expect(try machine.latest.readResults().verdict == .valid)
    }

    @Test(arguments: ["-n 128", "-v 1000000"])
    func `a shell that may not have enough is told so before anything starts`(
        limit: String
    ) throws {
        defer { machine.removeResults() }
        let (status, text) = try machine.run(
            ["-c", "ulimit \(limit) && exec \"$0\" \"$@\"", Machine.program] + quickstart
                + ["--concurrency", "60n"],
            program: "/bin/sh")
        #expect(status == 70)
        #expect(text.contains("ulimit -H \(limit.prefix(2))"), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: machine.results))
    }

    @Test func `a second signal ends a run at once`() throws {
        defer { machine.removeResults() }
        let (process, _) = try machine.start(quickstart)
        machine.awaitHistory(longerThan: 20_000)
        let descendants = Machine.descendants(of: process.processIdentifier)
        process.terminate()
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGINT)
        #expect(
            Machine.await({ !descendants.contains(where: Machine.isAlive) }, within: .seconds(10)))
    }

    @Test func `a terminal that is closed ends a run in good order`() throws {
        defer { machine.removeResults() }
        let command = ([Machine.program] + quickstart + ["--faults", "none"])
            .joined(separator: " ")
        let (terminal, _) = try machine.start(
            ["-qec", command, "/dev/null"], program: "/usr/bin/script")
        machine.awaitHistory(longerThan: 150_000)
        let descendants = Machine.descendants(of: terminal.processIdentifier)
        #expect(descendants.count >= 6)
        kill(terminal.processIdentifier, SIGKILL)
        terminal.waitUntilExit()
        #expect(Machine.await({ !descendants.contains(where: Machine.isAlive) }))
        #expect(try machine.latest.readResults().verdict == .valid)
    }

    @Test func `a full disk is a failure with advice, and the history reads back`() throws {
        defer { machine.removeResults() }
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        // The nodes' logs of 64 MB each lie there too; what is left is filled during the load.
        let script = """
            mount -t tmpfs -o size=1g tmpfs "$0" || exit 1
            "$@" &
            size() { stat -c %s "$0"/latest/history.edn 2>/dev/null || echo 0; }
            while kill -0 $! && [ "$(size)" -lt 50000 ]; do sleep 0.05; done
            cat /dev/zero > "$0"/fill 2>/dev/null
            wait $!; status=$?
            cp "$0"/latest/history.edn "$COPY"; exit $status
            """
        let copy = machine.results + "-copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let user = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
        let (status, text) = try machine.run(
            user + ["--mount", "env", "COPY=\(copy)", "sh", "-c", script, machine.results]
                + [Machine.program] + quickstart + ["--faults", "none"],
            program: "/usr/bin/unshare")
        #expect(status == 70, "\(text)")
        #expect(text.contains("No space left on device; free some space"), "\(text)")
        let history = try History(contentsOf: copy + "/history.edn", tail: .maybeTorn)
        #expect(history.operations.count > 100)
    }

    @Test func `results that cannot be written are a set-up failure with advice`() throws {
        let (status, text) = try machine.run([
            "test", "Workloads/quickstart.yaml", "--results", "/dev/null/results",
        ])
        #expect(status == 70, "\(text)")
        #expect(text.contains("choose another --results folder"), "\(text)")
    }

    // MARK: SIGKILL

    private static let kills =
        ProcessInfo.processInfo.environment["WHITEWATER_KILLS"].flatMap { Int($0) } ?? 3

    /// How many completions had been counted, apart from the recorder, a second before the kill.
    private struct Samples {
        private var samples: [(instant: ContinuousClock.Instant, count: Int)] = []

        mutating func take(_ count: SharedCount) { samples.append((.now, count.value)) }

        func acknowledged(before instant: ContinuousClock.Instant) -> Int {
            samples.last { $0.instant < instant }?.count ?? 0
        }
    }

    @Test(arguments: ["kills", "kills-disks"], 1...kills)
    func `SIGKILL at any moment leaves nothing behind, and loses no older completion`(
        plan: String, number: Int
    ) throws {
        defer { machine.removeResults() }
        // Spread evenly over set-up, load, faults, restarts, final reads and check.
        let moment = Duration.milliseconds(
            150 + 13_000 * (number - 1) / max(Self.kills, 1) + number * 7_919 % 130)
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        let file = machine.results + "/count"
        let count = try SharedCount(file: file)
        let before = Machine.surroundings()
        let (process, _) = try machine.start([
            "test", "Tests/Running/WholeRunTests/\(plan).yaml", "--results", machine.results,
            "--seed", "\(number)", "--count-file", file,
        ])
        let start = ContinuousClock.now
        var samples = Samples()
        var descendants: Set<Int32> = []
        while ContinuousClock.now - start < moment, process.isRunning {
            samples.take(count)
            descendants.formUnion(Machine.descendants(of: process.processIdentifier))
            Machine.pause()
        }
        let killed = ContinuousClock.now
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        // Some milliseconds where nothing else is at work; what a dead disk held would stay for good.
        let isGone = Machine.await(
            { !descendants.contains(where: Machine.isAlive) }, within: .seconds(10))
        let left = descendants.filter(Machine.isAlive).map(Machine.describe)
        #expect(isGone, "ten seconds after a kill at \(moment) are left: \(left)")
        #expect(Machine.surroundings() == before)
        let acknowledged = samples.acknowledged(before: killed - .seconds(1))
        let history = machine.latest.history
        guard acknowledged > 0 || FileManager.default.fileExists(atPath: history) else { return }
        let operations = try History(contentsOf: history, tail: .maybeTorn).operations
        let completed = operations.count { $0.hasCompletion }
        #expect(completed >= acknowledged, "killed at \(moment)")
    }

    /// The processes that serve disks, of a program that this test has started.
    private static func diskServers(of process: Int32) -> [Int32] {
        Machine.descendants(of: process).filter { candidate in
            FileManager.default.contents(atPath: "/proc/\(candidate)/cmdline")
                .map { $0.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } }
                .map { $0.dropFirst().first == "disk" && $0.contains("--limbo") } ?? false
        }
    }

    @Test(arguments: 1...kills)
    func `SIGKILL of a process that serves a disk fails the run, and leaves nothing behind`(
        number: Int
    ) throws {
        defer { machine.removeResults() }
        let before = Machine.surroundings()
        let (process, output) = try machine.start([
            "test", "Tests/Running/WholeRunTests/kills-disks.yaml", "--results", machine.results,
            "--seed", "\(number)", "--faults", "disk-slow,disk-errors",
        ])
        // In the midst of the load, between faults and during them.
        machine.awaitHistory(longerThan: 20_000 + 100_000 * number / max(Self.kills, 1))
        let servers = Self.diskServers(of: process.processIdentifier)
        #expect(servers.count == 3)
        let descendants = Machine.descendants(of: process.processIdentifier)
        kill(try #require(servers.randomElement()), SIGKILL)
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 70, "\(text)")
        #expect(text.contains("failed: its process has ended"), "\(text)")
        #expect(!descendants.contains(where: Machine.isAlive))
        #expect(Machine.surroundings() == before)
    }

    @Test func `of two runs at once one is killed, and the other ends valid`() throws {
        let other = Machine()
        defer {
            machine.removeResults()
            other.removeResults()
        }
        let (doomed, _) = try other.start([
            "test", "Workloads/quickstart.yaml", "--results", other.results,
        ])
        let (survivor, output) = try machine.start([
            "test", "Tests/Running/WholeRunTests/kills.yaml", "--results", machine.results,
            "--seed", "1",
        ])
        machine.awaitHistory(longerThan: 50_000)
        other.awaitHistory(longerThan: 20_000)
        kill(doomed.processIdentifier, SIGKILL)
        doomed.waitUntilExit()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        survivor.waitUntilExit()
        #expect(survivor.terminationStatus == 0, "\(text)")
        let results = try machine.latest.readResults()
        #expect(results.verdict == .valid)
        #expect(results.faults.allSatisfy { $0.bit })
    }
}
