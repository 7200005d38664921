internal import Foundation
internal import Labs
internal import Logging
internal import Plans
internal import Results
internal import Stores
internal import Systems
internal import Topologies
internal import Workloads

extension Run {
    /// A program that is asked for its version has this long.
    private static let versionLimit = Duration.seconds(10)
    private static let networkLimit = Duration.seconds(60)

    /// Makes the network and starts every node in it; the clock of the load starts at the end.
    ///
    /// Every step ends by itself or with the signal to stop.
    ///
    /// - Throws: what kept the run from its load; what crashed meanwhile is among the findings.
    func setUp(_ results: inout RunResults) async throws -> Cluster {
        let topology = experiment.topology
        let system = try experiment.makeSystem(runFolder: folder.path)
        results.versions = ["whitewater": Version.current]
        results.versions["system"] = try await bounded(
            "asking \(plan.system.name) for its version", by: Self.versionLimit, stop,
            advice: "does the program hang when it is started by hand with --version?"
        ) { try await system.version() }
        try folder.write(try resolvedPlan(results.versions), to: folder.plan)
        log.info("make a network of \(plan.nodes) nodes and start \(plan.system.name)")
        let network = try await bounded(
            "making the network", by: Self.networkLimit, stop,
            advice: "`whitewater doctor` says what this machine lacks"
        ) { try await LabNetwork(topology) }
        let cluster = try Cluster(experiment, system: system, network: network, folder: folder)
        do {
            try await cluster.start(stop: stop)
            try await cluster.openClients(of: experiment.workload.shape.workers)
        } catch {
            results.findings = await cluster.crashes()
            await cluster.stop()
            throw error
        }
        _ = cluster.startClock()
        return cluster
    }

    private func resolvedPlan(_ versions: [String: String]) throws -> String {
        // What a program says of itself may have several lines, and none of them is the plan's.
        let header = versions.sorted { $0.key < $1.key }.map { name, version in
            "# \(name): "
                + version.split(whereSeparator: \.isNewline).joined(separator: " / ").prefix(500)
                + "\n"
        }
        return header.joined() + (try plan.yaml)
    }
}
