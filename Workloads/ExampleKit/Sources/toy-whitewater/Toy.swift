import Clients
import Foundation
import Labs
import Plans
import Systems
import Topologies

/// A system of one's own: nodes that pass everything on to the first one, over HTTP.
struct Toy: System {
    static let name = "toy"
    static let summary = "a register on one node, which the others pass requests on to"
    static let workloads: Set<String> = ["register", ReadMostly.name]
    static var options: [any PlanKey] { [CommonOptions.electionTimeout, local] }

    /// A key of its own in a plan's section `system`.
    private static let local = PlanOption(
        "local-reads", default: false, "Whether any node answers reads with what it remembers.")

    private let setup: SystemSetup
    private let python: String
    private let monitor = HTTPLink(connections: 8)

    static func character(
        of settings: PlanSettings, in plan: Plan
    ) throws(PlanError) -> SystemCharacter {
        SystemCharacter(
            workloads: workloads,
            electionTimeout: settings[CommonOptions.electionTimeout].duration,
            expectsViolation: settings[local])
    }

    init(_ setup: SystemSetup) throws {
        self.setup = setup
        python = try Program("python3", package: "python3").path
    }

    func version() async throws -> String { "toy 1" }

    func command(for node: Node, folder: String) throws -> NodeCommand {
        NodeCommand(
            executable: python,
            arguments: [
                setup.planFolder + "/toy_node.py", "\(node.address)",
                setup.topology.nodes.map { "\($0.address)" }.joined(separator: ","),
            ] + (setup.settings[Self.local] ? ["--local-reads"] : []))
    }

    static func url(of node: Node) -> String { "http://\(node.address):7000/" }

    func client(of node: Node, for worker: Worker) -> any Client {
        ToyClient(url: Self.url(of: node))
    }

    /// A toy has no terms.
    func status(of node: Node) async -> NodeStatus? {
        guard await serves(node) else { return nil }
        return NodeStatus(isLeader: node == setup.topology.nodes[0], term: nil)
    }

    func serves(_ node: Node) async -> Bool {
        let reply = try? await monitor.post(
            Self.url(of: node), ToyRequest(f: "read", key: "serves", value: []),
            timeout: .milliseconds(500))
        return reply?.status == 200
    }

    var panicPatterns: [String] { ["Traceback (most"] }

    func close() async throws { try await monitor.close() }
}
