/// One node after the other is restarted, as an upgrade does it.
public struct Rolling: NamedScenario {
    /// What a user types.
    public let name: FaultName = "rolling"
    /// In words.
    public let summary = "restart one node after the other, each when the one before serves"
    /// Raft §5.1, §5.5.
    public let reason =
        "a term, a vote and a log that were on disk come back, and a cluster of which one member "
        + "at a time is missing goes on"
    /// The others serve meanwhile.
    public let leastNodes = 3

    /// A rolling restart.
    public init() {}

    /// Kill, start, wait until all serve.
    public func steps(
        _ style: Style, using random: inout some RandomNumberGenerator
    ) -> [ScriptStep] {
        style.nodes.shuffled(using: &random).flatMap { node in
            [
                ScriptStep.strike(.kill, .exactly([node]), as: "\(node)"),
                .heal("\(node)", after: style.drawPause(100...600, using: &random)),
                .wait(for: .recovered, atMost: .seconds(20)),
            ]
        }
    }
}
