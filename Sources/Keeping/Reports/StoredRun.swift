internal import Faults
public import Histories
public import Stores

/// Everything that a report is made of; a pure function of it.
public struct StoredRun: Sendable {
    /// What the run found out.
    public var results: RunResults
    /// What every client saw.
    public var history: History
    /// The plan as it was run, in YAML; nil if it was not kept.
    public var plan: String?
    /// The logs of nodes, by node.
    public var logs: [String: String]
    /// What could not be read or drawn, for the page to say.
    public var troubles: [String] = []

    /// A run from its parts.
    public init(
        results: RunResults, history: History, plan: String? = nil, logs: [String: String] = [:]
    ) {
        self.results = results
        self.history = history
        self.plan = plan
        self.logs = logs
    }

    /// The nodes that anything is known about, in the order of their numbers.
    var nodes: [String] {
        let names = Set(
            (results.observations ?? []).map(\.node) + results.faults.flatMap(\.nodes)
                + logs.keys)
        return names.sorted { ($0.count, $0) < ($1.count, $1) }
    }
}
