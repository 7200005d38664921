/// Everything at random: two or three of all faults and scenarios together.
public struct Storm: FaultKind {
    /// What a user types.
    public let name: FaultName = "storm"
    /// The family's name.
    public let family: FaultName = "scenario"
    /// In words.
    public let summary = "two or three of everything that needs nothing of its own, at random"
    /// What tests Raft best is what nobody thought of.
    public let leastNodes = 3

    /// A storm.
    public init() {}

    /// What is drawn begins within the length of a fault.
    public func scenario(
        after offset: Duration, _ style: Style, using random: inout some RandomNumberGenerator
    ) -> any Scenario {
        // What needs more than every cluster has would come to nothing where nobody asked for it.
        let known = FaultCatalog.all.filter {
            $0.leastNodes <= style.nodes.count && $0.name != name && $0.needs.isEmpty
        }
        let count = Int.random(in: 2...3, using: &random)
        var style = style
        style.cuts = .either
        style.clients = .either
        let parts = known.shuffled(using: &random).prefix(count).map { kind in
            kind.scenario(
                after: offset + .random(in: .zero...style.length.upperBound, using: &random),
                style, using: &random)
        }
        return Gathering(name, Array(parts), healing: style.healing.draw(using: &random))
    }
}
