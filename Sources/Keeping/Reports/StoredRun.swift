internal import Faults
public import Results
internal import Topologies

/// Everything that a report is made of; a pure function of it.
public struct StoredRun: Sendable {
    /// What the run found out.
    public var results: RunResults
    /// What is drawn of its history.
    public var excerpt: HistoryExcerpt
    /// The plan as it was run, in YAML; nil if it was not kept.
    public var plan: String?
    /// The logs of nodes, by node.
    public var logs: [String: String]
    /// What could not be read or drawn, for the page to say.
    public var troubles: [String] = []

    /// A run from its parts.
    public init(
        results: RunResults, excerpt: HistoryExcerpt, plan: String? = nil,
        logs: [String: String] = [:]
    ) {
        self.results = results
        self.excerpt = excerpt
        self.plan = plan
        self.logs = logs
    }

    /// The nodes that anything is known about, in the order of their numbers.
    var nodes: [NodeName] {
        let observed = (results.observations ?? []).map(\.node)
        let hit = results.faults.flatMap { fault in
            fault.nodes
        }
        return Set((results.nodes ?? []) + observed + hit).sorted()
    }
}
