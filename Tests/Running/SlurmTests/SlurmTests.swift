import Archive
import Foundation
import Testing

/// Campaigns on a real cluster: `make test-slurm`.
@Suite(.serialized) struct `Slurm` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let program = root + "/.build/release/whitewater"
    private static let runs = 6

    /// Real clusters, but short ones: three nodes, six seconds, a cut.
    private func writeCampaign(
        in cluster: SlurmCluster, plans: [String] = ["short"]
    ) throws -> String {
        // One second has no time for a fault, so that such a plan is refused.
        for (name, time) in [("short", "6s"), ("refused", "1s")] {
            try Data(
                """
                name: \(name)
                system: raftd
                nodes: 3
                workload: register
                rate: 60
                time-limit: \(time)
                faults: {kinds: [isolate-leader], first: 1s, every: 3s, length: 1500ms}
                """.utf8
            ).write(to: URL(filePath: "\(cluster.folder)/\(name).yaml"))
        }
        let file = cluster.folder + "/night.yaml"
        try Data(
            """
            name: night
            plans: [\(plans.map { "\($0).yaml" }.joined(separator: ", "))]
            budget: {runs: \(Self.runs)}
            parallel: auto
            keep: {valid-runs: whole}
            """.utf8
        ).write(to: URL(filePath: file))
        return file
    }

    private func start(
        _ campaign: String, on cluster: SlurmCluster, more: [String] = []
    ) throws -> Process {
        try cluster.process(
            [
                Self.program, "campaign", campaign, "--engine", "slurm", "--memory", "1500",
                "--results", cluster.folder + "/results",
            ] + more, output: cluster.folder + "/campaign.out")
    }

    private func output(of cluster: SlurmCluster) -> String {
        String(
            decoding: FileManager.default.contents(atPath: cluster.folder + "/campaign.out")
                ?? Data(), as: UTF8.self)
    }

    private func tasks(_ state: String, of cluster: SlurmCluster, on node: String? = nil) throws
        -> [String]
    {
        let onNode = node.map { ["--nodelist=\($0)"] } ?? []
        return try cluster.run(
            ["squeue", "--noheader", "--array", "--states=\(state)", "--format=%A"] + onNode
        ).output.split(separator: "\n").map(String.init)
    }

    /// Whether a run on this node has begun to record a history.
    private func isUnderWay(on cluster: SlurmCluster, node: String) -> Bool {
        cluster.processes().contains { process in
            process.node == node
                && (try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(process.number)/exe"))?.hasSuffix("/raftd") == true
        }
    }

    private func rows(of cluster: SlurmCluster) throws -> [RunRow] {
        try Archive(file: cluster.folder + "/results/index.sqlite").runs()
    }

    /// A requeue waits for two minutes; who operates a cluster may say that it need not.
    private func hurry(_ cluster: SlurmCluster) throws {
        for job in try tasks("PENDING", of: cluster) {
            _ = try cluster.run(["scontrol", "update", "jobid=\(job)", "starttime=now"])
        }
    }

    enum Death: String, CaseIterable { case daemon, node }

    @Test(arguments: Death.allCases)
    func `a night whose node dies in the middle has every run once`(death: Death) throws {
        let cluster = try SlurmCluster()
        defer { cluster.end() }
        let campaign = try start(writeCampaign(in: cluster), on: cluster)
        try cluster.wait("a run works on n1") { isUnderWay(on: cluster, node: "n1") }
        switch death {
        case .daemon: cluster.killDaemon(of: "n1")
        case .node: cluster.killNode("n1")
        }
        try cluster.wait("the task of n1 is queued anew", within: .seconds(180)) {
            try tasks("RUNNING", of: cluster, on: "n1").isEmpty
        }
        try cluster.wait("the campaign ends", within: .seconds(300)) {
            try hurry(cluster)
            return !campaign.isRunning
        }
        let rows = try rows(of: cluster)
        #expect(
            rows.compactMap(\.number).sorted() == Array(1...Self.runs), "\(output(of: cluster))")
        #expect(Set(rows.map(\.seed)).count == Self.runs)
        #expect([0, 2].contains(campaign.terminationStatus), "\(output(of: cluster))")
        try cluster.wait("nothing of any job is left") { cluster.processes().isEmpty }
        let again = try cluster.run(
            [Self.program, "index", cluster.folder + "/results"])
        #expect(again.output.contains("\(Self.runs) runs"), "\(again.output)")
    }

    @Test func `scancel ends runs in good order, and a resumed night makes them`() throws {
        let cluster = try SlurmCluster()
        defer { cluster.end() }
        let file = try writeCampaign(in: cluster)
        let campaign = try start(file, on: cluster)
        try cluster.wait("a run works on n1") { isUnderWay(on: cluster, node: "n1") }
        let jobs = Set(try tasks("RUNNING,PENDING", of: cluster))
        #expect(!jobs.isEmpty)
        _ = try cluster.run(["scancel"] + jobs)
        try cluster.wait("nothing of any job is left", within: .seconds(60)) {
            cluster.processes().isEmpty
        }
        try cluster.wait("the campaign ends") { !campaign.isRunning }
        #expect(campaign.terminationStatus == 70, "\(output(of: cluster))")
        #expect(output(of: cluster).contains("--resume runs them"))
        let ended = try rows(of: cluster)
        let results = try #require(
            FileManager.default.subpaths(atPath: cluster.folder + "/results"))
        #expect(
            results.contains { $0.contains("/tasks/") && $0.hasSuffix("/results.json") },
            "a run that was ended in good order has its results")
        let resumed = try start(file, on: cluster, more: ["--resume"])
        try cluster.wait("the resumed campaign ends", within: .seconds(300)) {
            !resumed.isRunning
        }
        let rows = try rows(of: cluster)
        #expect(
            rows.compactMap(\.number).sorted() == Array(1...Self.runs), "\(output(of: cluster))")
        #expect(Set(ended.map(\.folder)).isSubset(of: Set(rows.map(\.folder))))
    }

    @Test func `a plan that is refused is left out, and another array makes its runs of others`()
        throws
    {
        let cluster = try SlurmCluster()
        defer { cluster.end() }
        let file = try writeCampaign(in: cluster, plans: ["refused", "short"])
        let campaign = try start(file, on: cluster)
        try cluster.wait("the campaign ends", within: .seconds(300)) { !campaign.isRunning }
        let rows = try rows(of: cluster)
        #expect(rows.count { $0.verdict != .refused } == Self.runs, "\(output(of: cluster))")
        #expect(rows.contains { $0.verdict == .refused && $0.cell == "refused" })
        #expect(Set(rows.compactMap(\.number)).count == rows.count, "each number once")
        #expect(campaign.terminationStatus == 64, "\(output(of: cluster))")
    }

    @Test func `a night whose watcher is killed goes on, and is gathered by the next one`() throws {
        let cluster = try SlurmCluster()
        defer { cluster.end() }
        let file = try writeCampaign(in: cluster)
        let campaign = try start(file, on: cluster)
        try cluster.wait("a run works on n1") { isUnderWay(on: cluster, node: "n1") }
        kill(campaign.processIdentifier, SIGKILL)
        campaign.waitUntilExit()
        let resumed = try start(file, on: cluster, more: ["--resume"])
        try cluster.wait("the resumed campaign ends", within: .seconds(300)) {
            !resumed.isRunning
        }
        #expect(output(of: cluster).contains("goes on"), "\(output(of: cluster))")
        let numbers = try rows(of: cluster).compactMap(\.number)
        #expect(numbers.sorted() == Array(1...Self.runs), "\(output(of: cluster))")
    }
}
