public import Faults
internal import Synchronization
public import Topologies

/// The faults that last at present, for faults that overlap.
public final class ActiveFaults: Sendable {
    private struct Claim {
        let links: Set<Link>
        let nodes: Set<NodeName>
    }

    private let claims = Mutex<[Int: Claim]>([:])

    /// No faults.
    public init() {}

    /// Notes that a fault begins; false if it wants a node for itself that another fault has.
    public func claim(_ fault: ScheduledFault, _ aim: Aim) -> Bool {
        claims.withLock { claims in
            let nodes = fault.kind.isExclusive ? Set(aim.affected) : []
            guard claims.values.allSatisfy({ $0.nodes.isDisjoint(with: nodes) }) else {
                return false
            }
            claims[fault.number] = Claim(links: aim.links, nodes: nodes)
            return true
        }
    }

    /// Notes that a fault is over.
    public func end(_ fault: ScheduledFault) {
        claims.withLock { $0[fault.number] = nil }
    }

    /// Nodes that a fault has for itself.
    public var takenNodes: Set<NodeName> {
        claims.withLock { claims in claims.values.reduce(into: []) { $0.formUnion($1.nodes) } }
    }

    /// Links that other faults cut, or make lossy or late.
    func links(besides number: Int) -> Set<Link> {
        claims.withLock { claims in
            claims.filter { $0.key != number }.values.reduce(into: []) { $0.formUnion($1.links) }
        }
    }
}
