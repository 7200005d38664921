public import Faults
internal import Synchronization
public import Topologies

/// The faults that last at present, and those that were over a moment ago.
public final class ActiveFaults: Sendable {
    private struct Claim {
        let links: Set<Link>
        let nodes: Set<NodeName>
        var end: ContinuousClock.Instant?
    }

    private let claims = Mutex<[Int: Claim]>([:])
    private let outside = Mutex<Set<NodeName>>([])

    /// No faults.
    public init() {}

    /// Notes that a fault begins; false if it wants a node for itself that another fault has.
    public func claim(_ number: Int, _ aim: Aim, exclusive: Bool) -> Bool {
        claims.withLock { claims in
            let nodes = exclusive ? Set(aim.affected) : []
            let isFree = claims.values.allSatisfy {
                $0.end != nil || $0.nodes.isDisjoint(with: nodes)
            }
            guard isFree else { return false }
            claims[number] = Claim(links: aim.links, nodes: nodes)
            return true
        }
    }

    /// Has a fault that lasts keep nodes for itself after all; false if another one has them.
    func take(_ nodes: [NodeName], for number: Int) -> Bool {
        claims.withLock { claims in
            let isFree = claims.allSatisfy {
                $0.key == number || $0.value.end != nil || $0.value.nodes.isDisjoint(with: nodes)
            }
            guard isFree, let claim = claims[number] else { return false }
            claims[number] = Claim(links: claim.links, nodes: claim.nodes.union(nodes))
            return true
        }
    }

    /// Nodes that a fault took out of the cluster, or may have, and that are not members again.
    var outsiders: Set<NodeName> { outside.withLock { $0 } }

    /// Notes whether a node is out of the cluster.
    func note(_ node: NodeName, isOutside: Bool) {
        outside.withLock { outside in
            if isOutside { outside.insert(node) } else { outside.remove(node) }
        }
    }

    /// Notes that a fault is over.
    public func end(_ number: Int) {
        claims.withLock { claims in
            if claims[number]?.end == nil { claims[number]?.end = .now }
        }
    }

    /// Nodes that a fault has for itself.
    public var takenNodes: Set<NodeName> {
        claims.withLock { claims in
            claims.values.filter { $0.end == nil }.reduce(into: []) { $0.formUnion($1.nodes) }
        }
    }

    /// Links that other faults cut, or made lossy or late, at any time since then.
    func links(besides number: Int, since start: ContinuousClock.Instant) -> Set<Link> {
        claims.withLock { claims in
            claims.filter { $0.key != number && ($0.value.end.map { $0 >= start } ?? true) }
                .values.reduce(into: []) { $0.formUnion($1.links) }
        }
    }
}
