internal import Faults
internal import Labs
internal import Topologies

extension FaultSite {
    /// That the struck nodes' other processes ran on, while one of each was struck by name; nothing
    /// where all are struck.
    func othersRunning(
        than name: ProcessName?, on nodes: [NodeName]
    ) async -> [FaultRecord.Check] {
        guard let name else { return [] }
        var idle: [String] = []
        for node in nodes {
            idle += await process(of: node).idle(besides: name).map { "\($0) of \(node)" }
        }
        return [
            FaultRecord.Check(
                "the other processes of the node ran on", idle.isEmpty,
                idle.isEmpty ? "all ran" : idle.joined(separator: ", ") + " did not")
        ]
    }
}
