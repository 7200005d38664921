import ArgumentParser
import Foundation
import Labs
import Systems
import Topologies

extension Whitewater {
    /// `whitewater bridge`, which runs inside of a lab, in a node's place.
    struct Bridge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carry the messages of a node that speaks Maelstrom's protocol.",
            shouldDisplay: false)

        @Option var node: Int
        @Option var nodes: Int
        @Option var network: String
        @Argument(parsing: .postTerminator) var command: [String]

        func run() throws {
            guard let base = IPv4Address(network), (1...nodes).contains(node),
                nodes <= Topology.mostNodes, let executable = command.first
            else { throw ValidationError("a lab starts bridges; nobody else needs to") }
            let bridge = MaelstromBridge(
                node: NodeName(number: node), topology: Topology(nodeCount: nodes, base: base),
                command: NodeCommand(
                    executable: executable, arguments: Array(command.dropFirst())))
            Task {
                do {
                    switch try await bridge.run() {
                    case .exited(let status): Foundation.exit(status)
                    case .signaled(let signal): Foundation.exit(128 + signal)
                    }
                } catch {
                    Foundation.exit(Exit.reporting(error, Exit.failure).rawValue)
                }
            }
            dispatchMain()
        }
    }
}
