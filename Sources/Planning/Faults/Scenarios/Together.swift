internal import Topologies

/// Several scenarios side by side, each of which knows when it begins.
struct Together: Scenario {
    private var parts: [any Scenario]

    /// Single faults that are to end at once end with the last of them.
    init(_ parts: [any Scenario], healing: Style.Healing = .staggered) {
        self.parts = parts
        guard healing == .atOnce else { return }
        let singles = parts.compactMap { $0 as? SingleFault }
        let end = singles.map { $0.offset + $0.length }.max() ?? .zero
        for (number, part) in parts.enumerated() {
            guard var single = part as? SingleFault else { continue }
            single.length = end - single.offset
            self.parts[number] = single
        }
    }

    var isOver: Bool { parts.allSatisfy(\.isOver) }
    var wake: Duration? { parts.compactMap(\.wake).min() }
    var leastLength: Duration { parts.map(\.leastLength).max() ?? .zero }
    var description: String { parts.map(\.description).joined(separator: "; ") }

    mutating func step(_ view: ClusterView) -> [Command] {
        forEachPart { $0.step(view.within($1)) }
    }

    mutating func abandon(_ view: ClusterView) -> [Command] {
        forEachPart { $0.abandon(view.within($1)) }
    }

    private mutating func forEachPart(
        _ body: (inout any Scenario, Int) -> [Command]
    ) -> [Command] {
        parts.indices.flatMap { number in
            body(&parts[number], number).map { $0.from(number) }
        }
    }
}
