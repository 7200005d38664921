/// The leader is gone until another one leads and has acknowledged writes; then it returns at the
/// moment when that one is struck, with a log that is long but old.
public struct Comeback: NamedScenario {
    /// What a user types.
    public let name: FaultName = "comeback"
    /// In words.
    public let summary = "let a deposed leader return as its successor is struck"
    /// Raft §5.4.1.
    public let reason =
        "a server whose log lacks what was committed while it was away must not be elected, however "
        + "long its log is"
    /// Two must be able to elect one without the third.
    public let leastNodes = 3

    /// A return.
    public init() {}

    /// Strike, wait for the successor and its writes, strike that one and let the first return.
    public func steps(
        _ style: Style, using random: inout some RandomNumberGenerator
    ) -> [ScriptStep] {
        [
            .strike(style.drawAbsence(using: &random), .leader, as: "old"),
            .wait(for: .newLeader, atMost: .seconds(5)),
            .wait(for: .acknowledgedElsewhere, atMost: .seconds(5)),
            .strike(style.drawLoss(using: &random), .leader, as: "new"),
            .heal("old"),
            .wait(for: .newLeader, atMost: .seconds(5)),
            .heal("new", after: style.drawPause(0...300, using: &random)),
        ]
    }
}
