import Faults
import Foundation
import Results
import Stores
import Testing
import Topologies

/// No verdict that was not reached: whatever is killed, stopped, emptied or exchanged.
@Suite(.serialized) struct `Honest endings` {
    private let machine = Machine()

    private var plan: [String] {
        ["test", "Tests/Running/WholeRunTests/kills.yaml", "--results", machine.results]
    }

    /// The process that works inside of the lab of a program that this test has started.
    private func inside(of process: Process) throws -> Int32 {
        var found: Int32?
        _ = Machine.await({
            found = Machine.descendants(of: process.processIdentifier).first { candidate in
                let words =
                    FileManager.default.contents(atPath: "/proc/\(candidate)/cmdline")
                    .map { $0.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } }
                    ?? []
                return words.first?.hasSuffix("whitewater") == true
                    && words.contains("--inside-lab")
            }
            return found != nil
        })
        return try #require(found)
    }

    @Test func `a plan that needs disks is refused before it starts where there is no FUSE`() throws
    {
        defer { machine.removeResults() }
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        // Devices without the one: all else that programs want is there.
        let script = """
            mkdir "$0"/dev && mount -t tmpfs tmpfs "$0"/dev || exit 1
            for device in null zero random urandom; do
              touch "$0"/dev/$device && mount --bind /dev/$device "$0"/dev/$device || exit 1
            done
            mount --rbind "$0"/dev /dev && exec "$@"
            """
        let user = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
        let (status, text) = try machine.run(
            user + ["--mount", "sh", "-c", script, machine.results, Machine.program]
                + ["test", "Workloads/raftd-power.yaml", "--results", machine.results + "/runs"],
            program: "/usr/bin/unshare")
        #expect(status == 70, "\(text)")
        #expect(text.contains("power-one, power-minority"), "\(text)")
        #expect(text.contains("modprobe fuse"), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: machine.results + "/runs"))
    }

    @Test func `a harness that is killed exits with 70, and its history is judged by check`() throws
    {
        defer { machine.removeResults() }
        let (process, output) = try machine.start(plan)
        machine.awaitHistory(longerThan: 50_000)
        kill(try inside(of: process), SIGKILL)
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 70, "\(text)")
        #expect(text.contains("whitewater check"), "\(text)")
    }

    @Test func `a crash is told even where a later kill finds the node ended`() throws {
        defer { machine.removeResults() }
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        // The third server dies by itself soon after it was started for the second time.
        let script = machine.results + "/raftd"
        let raftd = URL(filePath: Machine.program).deletingLastPathComponent()
            .appending(path: "raftd").path
        try """
        #!/bin/sh
        case "$*" in *"--id 3 "*)
          if [ -e "$0.started" ]; then (sleep 1; kill -KILL $$) & fi
          : > "$0.started" ;;
        esac
        exec \(raftd) "$@"
        """.write(toFile: script, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: script)
        let plan = machine.results + "/plan.yaml"
        try """
        name: crash
        system: {name: raftd, binary: \(script)}
        time-limit: 14s
        recovery-timeout: 5s
        faults: {kinds: [kill-all], overlap: true, first: 2s, every: 5s, length: 2s}
        """.write(toFile: plan, atomically: true, encoding: .utf8)
        let (status, text) = try machine.convict(["test", plan, "--results", machine.results])
        #expect(status == 1, "\(text)")
        let stored = try machine.latest.readResults()
        #expect(stored.findings.contains { $0.kind == .unaskedExit && $0.node?.number == 3 })
        #expect((stored.failures ?? []).isEmpty)
        #expect(
            stored.faults.contains { fault in
                fault.checks.contains { !$0.isMet && $0.demand == "its nodes were running" }
            })
    }

    @Test func `a harness that was frozen knows it, and does not blame the system`() throws {
        defer { machine.removeResults() }
        let (process, output) = try machine.start(plan + ["--seed", "5"])
        machine.awaitHistory(longerThan: 50_000)
        let inside = try inside(of: process)
        kill(inside, SIGSTOP)
        // The time for which it is frozen is what is tested.
        Thread.sleep(forTimeInterval: 3)
        kill(inside, SIGCONT)
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2, "\(text)")
        let stored = try machine.latest.readResults()
        #expect(stored.verdict == .inconclusive)
        #expect((stored.stalls ?? []).contains { $0.length > 2.5 })
        #expect(stored.digest?.worstOutage.map { $0.length < 2.5 } ?? true)
        let page = try String(contentsOfFile: machine.latest.page, encoding: .utf8)
        #expect(page.contains("The harness itself stood still"))
    }

    @Test func `a history that is empty, cut or another run's is no verdict`() throws {
        defer { machine.removeResults() }
        let (status, text) = try machine.conclude(
            plan + ["--faults", "none", "--seed", "6", "--time-limit", "6s"])
        #expect(status == 0, "\(text)")
        #expect(text.contains("again:") && text.contains("--results \(machine.results)"))
        let folder = machine.latest
        #expect(try machine.run(["analyze", folder.path]).status == 0)
        let before = try Data(contentsOf: URL(filePath: folder.results))
        let history = try Data(contentsOf: URL(filePath: folder.history))
        let half = history[..<(history.count / 2)]
        let cut = half[...(half.lastIndex(of: UInt8(ascii: "\n")) ?? 0)]
        let nulls = Data(count: history.count)
        for (bytes, expected) in [(Data(), Int32(64)), (cut, 70), (nulls, 64)] {
            try bytes.write(to: URL(filePath: folder.history))
            let (status, text) = try machine.run(["analyze", folder.path])
            #expect(status == expected, "\(text)")
            #expect(try Data(contentsOf: URL(filePath: folder.results)) == before)
        }
    }

    // MARK: Set-up

    /// A program that plays a node.
    private func program(_ script: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        let path = machine.results + "/node.sh"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        chmod(path, 0o755)
        return path
    }

    @Test func `a program that hangs when it is asked for its version ends the set-up`() throws {
        defer { machine.removeResults() }
        let binary = try program("sleep 600")
        let start = ContinuousClock.now
        let (status, text) = try machine.run(plan + ["--binary", binary])
        #expect(status == 70, "\(text)")
        #expect(text.contains("version took more than 10 s"), "\(text)")
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `a set-up that hangs is ended by the first signal`() throws {
        defer { machine.removeResults() }
        let binary = try program("sleep 600")
        let (process, output) = try machine.start(plan + ["--binary", binary])
        _ = try inside(of: process)
        #expect(Machine.await { FileManager.default.fileExists(atPath: machine.latest.log) })
        let start = ContinuousClock.now
        process.interrupt()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2, "\(text)")
        #expect(ContinuousClock.now - start < .seconds(9))
        #expect(try machine.latest.readResults().ending == .stopped)
    }

    @Test func `the node that ends in the set-up is named with its last words, at once`() throws {
        defer { machine.removeResults() }
        let binary = try program(
            """
            case "$*" in
              *--version*) echo 'one line'; echo 'name: another'; exit 0;;
              *"--id 2"*) echo 'this disk is not mine' >&2; exit 3;;
              *) exec sleep 600;;
            esac
            """)
        let start = ContinuousClock.now
        let (status, text) = try machine.run(plan + ["--binary", binary])
        #expect(status == 70, "\(text)")
        #expect(text.contains("n2 ended with exit status 3"), "\(text)")
        #expect(text.contains("this disk is not mine"), "\(text)")
        #expect(ContinuousClock.now - start < .seconds(25))
        let plan = try String(contentsOfFile: machine.latest.plan, encoding: .utf8)
        #expect(!plan.contains("\nname: another"), "a version is no part of the plan")
        let page = try String(contentsOfFile: machine.latest.page, encoding: .utf8)
        #expect(page.contains("this disk is not mine"))
    }

    @Test func `a node that crashes in the set-up is a finding`() throws {
        defer { machine.removeResults() }
        let binary = try program(
            """
            case "$*" in
              *--version*) echo v1; exit 0;;
              *) kill -ILL $$;;
            esac
            """)
        let (status, text) = try machine.run(plan + ["--binary", binary])
        #expect(status == 1, "\(text)")
        #expect(try machine.latest.readResults().findings.contains { $0.kind == .unaskedExit })
    }
}
