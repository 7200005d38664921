/// Majorities that barely overlap serve one after the other: what one has acknowledged, only the
/// node that stands in both can tell the next.
public struct StandIn: NamedScenario {
    /// What a user types.
    public let name: FaultName = "stand-in"
    /// In words.
    public let summary = "majorities that barely overlap, one after the other"
    /// Raft §5.4.1, §3.6.
    public let reason =
        "a leader is elected only with a log as up-to-date as that of some member of every "
        + "majority that has committed"
    /// Majorities of three overlap in one.
    public let leastNodes = 3

    /// A change of majorities.
    public init() {}

    /// One minority is away, then the other, and then the first again.
    public func steps(
        _ style: Style, using random: inout some RandomNumberGenerator
    ) -> [ScriptStep] {
        let order = style.nodes.shuffled(using: &random)
        let count = Majority.minority(of: order.count)
        let minorities = [
            order.prefix(count).sorted(), order.dropFirst(count).prefix(count).sorted(),
        ]
        var steps: [ScriptStep] = []
        for number in 0..<3 {
            let name = "\(number)"
            steps += [
                .strike(
                    style.drawLoss(using: &random), .exactly(minorities[number % 2]), as: name,
                    after: style.drawPause(0...100, using: &random)),
                .wait(for: .acknowledgedElsewhere, atMost: .seconds(5)),
                // The other minority goes as this one comes, with no time to tell it anything.
                .heal(name, after: style.drawPause(50...400, using: &random)),
            ]
        }
        return steps
    }
}
