public import Generators
internal import Histories

/// One operation on every key on every node, shared among the node's workers.
public struct FinalOperations: Generator {
    /// Only so many keys, the latest, are looked at again after a very long run.
    public static let mostKeys = 500

    private let function: String
    private let nodes: Int
    private let workers: Int
    private let keys: Range<Int>
    private var nextKey: [Int: Int] = [:]

    /// This operation on the latest of so many keys.
    public init(_ function: String, on keyCount: Int, _ shape: LoadShape) {
        self.function = function
        nodes = shape.nodes
        workers = shape.workers
        keys = max(0, keyCount - Self.mostKeys)..<keyCount
    }

    /// The worker's next key: its node's workers take turns.
    public mutating func next(
        for worker: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        let turn = worker / nodes
        let turns = (workers - worker % nodes + nodes - 1) / nodes
        let key = nextKey[worker] ?? keys.lowerBound + turn
        guard keys.contains(key) else { return .finished }
        nextKey[worker] = key + turns
        return .invoke(Invocation(function, key: .int(key)), at: now)
    }
}
