public import Histories
public import Topologies

/// What a page draws of a history: gathered parts of time, and the operations around what is
/// wrong.
///
/// Taken in the pass that judges the history, and stored beside the results, so that drawing a run
/// needs no second one.
public struct HistoryExcerpt: Codable, Sendable {
    /// The version of the stored format.
    public static let formatVersion = 1
    /// Violations beyond so many are told, not drawn.
    public static let mostDrawn = 24
    /// Half of the time around the operation at which it breaks, in seconds.
    private static let surrounding = 0.5
    private static let mostSurrounding = 150

    /// The version of the stored format.
    public var format = Self.formatVersion
    /// Everything over time.
    public var timeline: Timeline
    /// Operations by their number in the history.
    public var operations: [Int: OperationExcerpt] = [:]
    /// What happened on the key around each violation, by the culprit's number.
    public var surroundings: [Int: [Int]] = [:]

    /// Takes the excerpt of a judged history; O(n) beside the timeline.
    public init(_ history: History, of results: RunResults) {
        timeline = Timeline(history, of: results)
        let drawn = (results.digest?.violations ?? []).prefix(Self.mostDrawn)
        let contradictions = Dictionary(
            results.keys.compactMap { key in key.contradiction.map { ($0.culprit, $0) } }
        ) { first, _ in first }
        var byKey: [Value?: [Int32]] = [:]
        let broken = Set(
            drawn.compactMap { violation -> Value?? in
                history.operations.indices.contains(violation.culprit)
                    ? .some(history.operations[violation.culprit].key) : nil
            })
        if !broken.isEmpty {
            for operation in history.operations where broken.contains(operation.key) {
                byKey[operation.key, default: []].append(Int32(operation.id))
            }
        }
        for violation in drawn where history.operations.indices.contains(violation.culprit) {
            let culprit = history.operations[violation.culprit]
            let near = Self.near(culprit, byKey[culprit.key] ?? [], in: history)
            surroundings[culprit.id] = near
            let found = contradictions[culprit.id]
            var told: [Int] = near
            told += found?.operations.prefix(200) ?? []
            told += found?.history?.prefix(200) ?? []
            for way in [found?.order ?? []] + (found?.ways ?? []) {
                told += way.prefix(200).map(\.operation)
            }
            told += [violation.missed ?? culprit.id, culprit.id]
            for id in told
            where history.operations.indices.contains(id) && operations[id] == nil {
                operations[id] = OperationExcerpt(history.operations[id], of: results)
            }
        }
    }

    private static func near(
        _ culprit: Operation, _ ids: [Int32], in history: History
    ) -> [Int] {
        let near = ids.map { history.operations[Int($0)] }.filter { operation in
            guard let start = operation.invokedAt?.seconds, let at = culprit.invokedAt?.seconds
            else {
                return abs(operation.invocation - culprit.invocation) < 2 * mostSurrounding
            }
            let end = operation.completedAt?.seconds ?? .infinity
            return start < at + surrounding && end > at - surrounding
        }
        guard near.count > mostSurrounding,
            let place = near.firstIndex(where: { $0.id == culprit.id })
        else { return near.map(\.id) }
        let start = max(0, min(place - mostSurrounding / 2, near.count - mostSurrounding))
        return near[start..<(start + mostSurrounding)].map(\.id)
    }

    /// Whether a stored one can be drawn.
    public var isDrawable: Bool { timeline.isDrawable }
}

/// One operation as a page tells it.
public struct OperationExcerpt: Codable, Hashable, Sendable {
    /// Its number in the history.
    public var id: Int
    /// The process that invoked it.
    public var process: Int
    /// What the history calls that process, where that is no number.
    public var client: String?
    /// The node that it was performed on.
    public var node: NodeName?
    /// Its name.
    public var function: String
    /// What it asked and got: `read 5`.
    public var label: String
    /// How it ended.
    public var outcome: Timeline.Outcome
    /// When it was invoked, in seconds since the start of the load.
    public var invokedAt: Double?
    /// When it completed.
    public var completedAt: Double?
    /// The place of the invocation among the history's events.
    public var invocation: Int
    /// The place of the completion; nil if none is known to bound it.
    public var completion: Int?

    init(_ operation: Operation, of results: RunResults) {
        id = operation.id
        process = operation.process
        client = operation.client.int == nil ? "\(operation.client)" : nil
        node = results.node(of: operation)
        function = operation.function
        label = OperationWords.label(of: operation)
        outcome = Timeline.Outcome(operation.outcome)
        invokedAt = operation.invokedAt?.seconds
        completedAt = operation.completedAt?.seconds
        invocation = operation.invocation
        completion = operation.completion == .max ? nil : operation.completion
    }
}
