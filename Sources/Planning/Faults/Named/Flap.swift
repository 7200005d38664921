/// Each new leader is struck soon after its election, three times.
public struct Flap: NamedScenario {
    /// What a user types.
    public let name: FaultName = "flap"
    /// In words.
    public let summary = "strike each new leader soon after its election, three times"
    /// Raft §5.4.2 and figure 8.
    public let reason =
        "a leader may not count copies of entries of earlier terms before one of its own is "
        + "committed, and must commit one before it answers reads"
    /// Two must be able to elect one without the third.
    public let leastNodes = 3

    /// A flapping leadership.
    public init() {}

    /// The one before returns as soon as the next has been elected, so that a majority is there.
    public func steps(
        _ style: Style, using random: inout some RandomNumberGenerator
    ) -> [ScriptStep] {
        var steps = [ScriptStep.strike(style.drawLoss(using: &random), .leader, as: "1")]
        for number in 2...3 {
            steps += [
                .wait(for: .newLeader, atMost: .seconds(5)),
                .heal("\(number - 1)"),
                .strike(
                    style.drawLoss(using: &random), .leader, as: "\(number)",
                    after: style.drawPause(0...150, using: &random)),
            ]
        }
        return steps + [
            .wait(for: .newLeader, atMost: .seconds(5)),
            .heal("3", after: style.drawPause(0...300, using: &random)),
        ]
    }
}
