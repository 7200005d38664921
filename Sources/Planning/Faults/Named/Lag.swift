/// A follower is away until it needs a snapshot, and is struck again while it installs it.
public struct Lag: NamedScenario {
    /// What a user types.
    public let name: FaultName = "lag"
    /// In words.
    public let summary =
        "keep a follower away until it needs a snapshot; kill it while it installs it"
    /// Raft §7.
    public let reason =
        "a snapshot replaces log and state as one, and whoever dies with half of it starts from "
        + "what it had before"
    /// Two must be able to write without the third.
    public let leastNodes = 3

    /// A lagging follower.
    public init() {}

    /// Away, back, killed, back, and caught up.
    public func steps(
        _ style: Style, using random: inout some RandomNumberGenerator
    ) -> [ScriptStep] {
        [
            .strike(style.drawLoss(using: &random), .follower, as: "away"),
            .wait(for: .needsSnapshot, atMost: .seconds(20)),
            .heal("away"),
            ScriptStep(
                after: style.drawPause(20...300, using: &random),
                .strike(.kill, .name("away"), as: "again")),
            .heal("again", after: style.drawPause(100...500, using: &random)),
            .wait(for: .snapshotInstalled, atMost: .seconds(10)),
        ]
    }
}
