/// The leader is gone until another one leads and has acknowledged writes; then it returns with
/// whatever it had in flight.
public struct Depose: NamedScenario {
    /// What a user types.
    public let name: FaultName = "depose"
    /// In words.
    public let summary = "cut off or freeze the leader until another has acknowledged writes"
    /// Raft §8, §5.4.2.
    public let reason =
        "a leader that was deposed without knowing it must neither answer reads from its own state "
        + "nor commit what it had in flight"
    /// Two must be able to elect one without the third.
    public let leastNodes = 3

    /// A deposition.
    public init() {}

    /// Strike, wait for the new leader and its writes, return.
    public func steps(
        _ style: Style, using random: inout some RandomNumberGenerator
    ) -> [ScriptStep] {
        [
            .strike(style.drawAbsence(using: &random), .leader, as: "old"),
            .wait(for: .newLeader, atMost: .seconds(5)),
            .wait(for: .acknowledgedElsewhere, atMost: .seconds(5)),
            .heal("old", after: style.drawPause(0...400, using: &random)),
        ]
    }
}
