internal import Foundation
internal import Labs
internal import Topologies

/// What nodes have written to their logs.
struct NodeLogs: Sendable {
    /// No more than this of a log's end is looked at.
    private static let mostBytes: UInt64 = 1_048_576

    /// The folder with a folder for each node.
    let folder: String
    /// A node's processes, if there are several.
    let processes: [ProcessName]

    /// What the last line says that matches: the role in the first group, the term in the second.
    func status(of node: Node, by pattern: String) -> NodeStatus? {
        guard let groups = lastMatch(of: pattern, on: node) else { return nil }
        // Both stand in one line, which was written at one moment.
        return NodeStatus(
            isLeader: groups.first?.lowercased() == "leader",
            term: groups.dropFirst().first.flatMap { Int($0) }, termIsRaftsOwn: true)
    }

    /// The groups of the last match of a regular expression in the logs of all processes, or of
    /// some of them.
    func lastMatch(
        of pattern: String, on node: Node, of processes: [ProcessName]? = nil
    ) -> [String]? {
        guard let regex = try? Regex(pattern),
            let match = end(of: node, processes ?? self.processes).matches(of: regex).last
        else { return nil }
        return match.output.dropFirst().map { $0.substring.map(String.init) ?? "" }
    }

    private func end(of node: Node, _ processes: [ProcessName]) -> String {
        NodeProcesses.logs(of: processes).reversed().compactMap { name in
            LogEnd.text(of: "\(folder)/\(node.name)/\(name)", atMost: Self.mostBytes)
        }.joined(separator: "\n")
    }
}
