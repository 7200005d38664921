public import Topologies

/// What a fault hits, once its kind, its dice and the leader are known.
public enum Aim: Hashable, Sendable {
    /// Links that are cut, each with the way back; `affected` are the nodes that lose the
    /// majority, or all that lose a link if none does.
    case links(directions: [Direction], affected: [NodeName])
    /// Processes that are killed or frozen.
    case processes([NodeName])

    /// Links that are cut in one direction between two sides.
    public struct Direction: Hashable, Sendable {
        /// The links, from one side to the other.
        public let links: [Link]
    }

    /// The links that the fault touches.
    public var links: Set<Link> {
        switch self {
        case .links(let directions, _): Set(directions.flatMap(\.links))
        case .processes: []
        }
    }

    /// The nodes that the fault hits.
    public var affected: [NodeName] {
        switch self {
        case .links(_, let affected): affected
        case .processes(let nodes): nodes
        }
    }

    /// Takes aim.
    ///
    /// Pure: `order` is a shuffle of the nodes, drawn from the seed beforehand.
    ///
    /// - Returns: nil if the fault needs a leader and none is known.
    public init?(_ kind: FaultKind, order: [NodeName], leader: NodeName?) {
        switch kind {
        case .partition(let partition):
            guard let cuts = Self.cuts(partition, order: order, leader: leader) else { return nil }
            self = .links(
                directions: Self.directions(cuts), affected: Self.affected(cuts, among: order))
        case .traffic(let traffic):
            self = .links(
                directions: Self.directions(traffic, order: order),
                affected: traffic == .flaky ? order.sorted() : [order[0]])
        case .kill(let target), .pause(let target):
            guard let nodes = Self.nodes(target, order: order, leader: leader) else { return nil }
            self = .processes(nodes)
        }
    }

    /// How many nodes the rest can do without.
    static func minority(of count: Int) -> Int { (count - 1) / 2 }

    private static func nodes(
        _ target: FaultKind.Target, order: [NodeName], leader: NodeName?
    ) -> [NodeName]? {
        let minority = minority(of: order.count)
        return switch target {
        case .one: [order[0]]
        case .minority: order.prefix(max(1, minority)).sorted()
        case .majority: order.prefix(minority + 1).sorted()
        case .all: order.sorted()
        case .leader: leader.map { [$0] }
        }
    }

    /// The unordered pairs that are cut, each with the node of the smaller side first.
    private static func cuts(
        _ partition: FaultKind.Partition, order: [NodeName], leader: NodeName?
    ) -> [(NodeName, NodeName)]? {
        let count = order.count
        return switch partition {
        case .one: between(order.prefix(1), order.dropFirst(1))
        case .halves: between(order.prefix(count / 2), order.dropFirst(count / 2))
        case .majority:
            between(order.prefix(minority(of: count)), order.dropFirst(minority(of: count)))
        case .minorityThird:
            between(order.prefix(max(1, (count - 1) / 3)), order.dropFirst(max(1, (count - 1) / 3)))
        case .majoritiesRing: ring(order)
        case .bridge: bridge(order, leader: leader)
        case .isolateLeader:
            leader.map { leader in between([leader], order.filter { $0 != leader }[...]) }
        }
    }

    /// Two sides and the node between them, which is not the leader if one is known: followers need
    /// not talk to each other, so a bridge that leads would cut nothing that anybody uses.
    private static func bridge(
        _ order: [NodeName], leader: NodeName?
    ) -> [(NodeName, NodeName)] {
        let middle = (order.count - 1) / 2
        var order = order
        if order[middle] == leader { order.swapAt(middle, 0) }
        return between(order.prefix(middle), order.dropFirst(middle + 1))
    }

    private static func between(
        _ one: ArraySlice<NodeName>, _ other: ArraySlice<NodeName>
    ) -> [(NodeName, NodeName)] {
        one.flatMap { left in other.map { (left, $0) } }
    }

    /// Each node sees half a majority on either hand; what lies farther around the ring is cut.
    private static func ring(_ order: [NodeName]) -> [(NodeName, NodeName)] {
        let count = order.count
        let reach = (count / 2 + 1) / 2
        var cuts: [(NodeName, NodeName)] = []
        for left in 0..<count {
            for right in (left + 1)..<max(left + 1, count) {
                let distance = min(right - left, count - right + left)
                if distance > reach {
                    cuts.append(
                        (min(order[left], order[right]), max(order[left], order[right])))
                }
            }
        }
        return cuts
    }

    /// Directions of lost traffic; the first node of the order is the one that is hit.
    private static func directions(
        _ traffic: FaultKind.Traffic, order: [NodeName]
    ) -> [Direction] {
        let node = order[0]
        let others = order.dropFirst().sorted()
        let out = others.map { Link(from: node, to: $0) }
        let into = others.map { Link(from: $0, to: node) }
        let toClients = Direction(links: [Link(from: node, to: .clients)])
        return switch traffic {
        // Which way is drawn with the order.
        case .oneWay: [Direction(links: order[0] < order[1] ? out : into)]
        case .flaky:
            [
                Direction(
                    links: order.flatMap { one in
                        order.filter { $0 != one }.map { Link(from: one, to: $0) }
                    })
            ]
        case .replies: [Direction(links: out), toClients]
        case .clients: [toClients, Direction(links: [Link(from: .clients, to: node)])]
        case .slow, .delay, .reorder:
            [
                Direction(links: out + toClients.links),
                Direction(links: into + [Link(from: .clients, to: node)]),
            ]
        }
    }

    private static func directions(_ cuts: [(NodeName, NodeName)]) -> [Direction] {
        [
            Direction(links: cuts.map { Link(from: $0.0, to: $0.1) }.sorted()),
            Direction(links: cuts.map { Link(from: $0.1, to: $0.0) }.sorted()),
        ]
    }

    private static func affected(
        _ cuts: [(NodeName, NodeName)], among nodes: [NodeName]
    ) -> [NodeName] {
        var lost: [NodeName: Int] = [:]
        for (one, other) in cuts {
            lost[one, default: 0] += 1
            lost[other, default: 0] += 1
        }
        let cutOff = lost.filter { nodes.count - $0.value < nodes.count / 2 + 1 }
        return (cutOff.isEmpty ? lost : cutOff).keys.sorted()
    }
}
