internal import Faults
public import Results
internal import Topologies

/// Everything that a report is made of; a pure function of it.
public struct StoredRun: Sendable {
    /// What a page tells of.
    public enum Subject: Sendable {
        /// A run of Whitewater's, with its folder around the page.
        case run
        /// A history from anywhere, and nothing else; the page stands alone.
        case history
    }

    /// What the run found out.
    public var results: RunResults
    /// What is drawn of its history.
    public var excerpt: HistoryExcerpt
    /// The plan as it was run, in YAML; nil if it was not kept.
    public var plan: String?
    /// The logs of nodes, by node.
    public var logs: [String: [NodeLog]]
    /// What could not be read or drawn, for the page to say.
    public var troubles: [String] = []
    /// What the page tells of.
    public var subject = Subject.run
    /// Contradictions as histories of their own, by the culprit's number, for a page that has no
    /// folder of files beside it.
    public var contradictions: [Int: String] = [:]

    /// A run from its parts.
    public init(
        results: RunResults, excerpt: HistoryExcerpt, plan: String? = nil,
        logs: [String: [NodeLog]] = [:]
    ) {
        self.results = results
        self.excerpt = excerpt
        self.plan = plan
        self.logs = logs
    }

    /// Whether anything can be drawn over time; a run has times even if nothing came of
    /// its operations.
    var isTimed: Bool {
        subject == .run && !isEmpty
            || excerpt.timeline.parts.contains { part in part.counts.contains { $0 > 0 } }
    }

    /// Whether no load began, so that there is nothing to draw or to count.
    var isEmpty: Bool {
        results.ending == .notSetUp
            || results.verdict == .failed && results.timings.load == 0
                && results.total.completed == 0
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
