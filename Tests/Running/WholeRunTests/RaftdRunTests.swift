import Faults
import Foundation
import Results
import Stores
import Testing

/// Whole runs on raftd: it keeps its promises, and a node with a planted bug is caught.
@Suite(.serialized) struct `raftd under test` {
    private let machine = Machine()

    /// `make detections` asks for five runs of each.
    private static let asked = ProcessInfo.processInfo.environment["WHITEWATER_MUTANT_RUNS"]
    private static let isCounting = asked != nil
    private static let runs = 1...max(1, asked.flatMap { Int($0) } ?? 1)

    @Test(arguments: ["append", "lock"])
    func `lists and locks are linearizable under partitions, kills and pauses`(
        workload: String
    ) throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.conclude([
            "test", "Workloads/raftd-\(workload).yaml", "--time-limit", "15s", "--seed", "2",
            "--faults", "isolate-leader,kill-one,pause-leader", "--results", machine.results,
        ])
        #expect(status == 0, "\(output)")
        #expect(try machine.latest.readResults().faults.allSatisfy { $0.bit })
    }

    @Test(
        .enabled(if: Machine.isForAll, "needs root, to become somebody else, and a program for all")
    )
    func `a user without any rights can run it`() throws {
        defer { machine.removeResults() }
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        try FileManager.default.setAttributes(
            [.ownerAccountID: 65_534], ofItemAtPath: machine.results)
        let user = ["--reuid", "65534", "--regid", "65534", "--clear-groups", Machine.program]
        let (status, output) = try machine.conclude(
            user + [
                "test", "Workloads/quickstart.yaml", "--time-limit", "8s", "--seed", "4",
                "--faults", "isolate-leader", "--results", machine.results,
            ], program: "/usr/bin/setpriv")
        #expect(status == 0, "\(output)")
    }

    @Test func `the plan that catches mutants acquits the true node`() throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.conclude([
            "test", "Tests/Running/WholeRunTests/mutants.yaml", "--seed", "1", "--time-limit",
            "12s",
            "--results", machine.results,
        ])
        #expect(status == 0, "\(output)")
    }

    /// Bugs that show only when disks lose what was not synced, or clocks are wrong, each with the
    /// plan that finds it; a minute or two each, so `make mutants` asks for them.
    private static let machineBugs = [
        ("29", "raftd-power"), ("folder-not-synced", "raftd-power"), ("35", "raftd-torn"),
        ("failed-sync-ignored", "raftd-disks"), ("wall-clock-lease", "raftd-clocks"),
        ("slow-clock-lease", "raftd-clocks"), ("checksums-skipped", "self-test/damage"),
    ]

    @Test(
        .enabled(if: isCounting),
        arguments: machineBugs, runs)
    func `a planted bug is found in real processes on disks and clocks that fail`(
        bug: (String, String), seed: Int
    ) throws {
        defer { machine.removeResults() }
        let binary = URL(filePath: Machine.program).deletingLastPathComponent()
            .appending(path: "raftd-mutant").path
        let (status, output) = try machine.run(
            [
                "test", "Workloads/\(bug.1).yaml", "--binary", binary, "--seed", "\(seed)",
                "--results", machine.results,
            ], environment: ["WHITEWATER_MUTANT": bug.0])
        #expect(status == 1, "\(bug.0): \(output)")
    }

    @Test(arguments: ["11", "30"], runs)
    func `a planted bug is found in real processes`(bug: String, seed: Int) throws {
        defer { machine.removeResults() }
        let binary = URL(filePath: Machine.program).deletingLastPathComponent()
            .appending(path: "raftd-mutant").path
        let arguments = [
            "test", "Tests/Running/WholeRunTests/mutants.yaml", "--binary", binary, "--seed",
            "\(seed)", "--results", machine.results,
        ]
        let environment = ["WHITEWATER_MUTANT": bug]
        // Where runs are counted each has to find it.
        let (status, output) =
            Self.isCounting
            ? try machine.run(arguments, environment: environment)
            : try machine.convict(arguments, environment: environment)
        #expect(status == 1, "\(output)")
        let stored = try machine.latest.readResults()
        #expect(stored.keys.contains { $0.contradiction != nil }, "clients saw it")
    }
}
