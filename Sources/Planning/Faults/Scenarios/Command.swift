/// What a scenario wants to be done.
public enum Command: Sendable {
    /// A fault begins.
    case strike(PlannedStrike)
    /// A fault ends; `due` is when it should.
    case heal(StrikeID, due: Duration)
    /// A fault could not be aimed.
    case skip(kind: FaultName, family: FaultName, FaultRecord.Check)
    /// A scenario is over.
    case conclude(Conclusion)

    /// The same from the outside of a part.
    func from(_ part: Int) -> Command {
        switch self {
        case .strike(var strike):
            strike.id = StrikeID(path: [part] + strike.id.path)
            return .strike(strike)
        case .heal(let id, let due):
            return .heal(StrikeID(path: [part] + id.path), due: due)
        case .conclude(var conclusion):
            conclusion.strikes = conclusion.strikes.map { StrikeID(path: [part] + $0.path) }
            return .conclude(conclusion)
        case .skip: return self
        }
    }
}

/// A fault that is to begin now.
public struct PlannedStrike: Sendable {
    /// By which it is healed.
    public var id: StrikeID
    /// Its kind's name.
    public var kind: FaultName
    /// Its kind's family.
    public var family: FaultName
    /// The scenario that it is part of, if it has a name.
    public var scenario: FaultName?
    /// What is struck, and how.
    public var aim: Aim
    /// Whether its nodes can have no other such fault.
    public var isExclusive: Bool
    /// When it should begin.
    public var due: Duration
    /// How long it is to last, if that is known.
    public var length: Duration?
    /// What clients of its nodes do.
    public var clients: StruckClients
}

/// What clients of nodes that are struck do.
public enum StruckClients: String, Hashable, Sendable, CaseIterable {
    /// They try on.
    case stay
    /// They wait until their node is back, and come at once then.
    case away
}

/// How a scenario went.
public struct Conclusion: Hashable, Sendable {
    /// Its name.
    public var scenario: FaultName
    /// When it began.
    public var start: Duration
    /// When it was over.
    public var end: Duration
    /// Whether it reached its point, and what was seen or missing.
    public var point: FaultRecord.Check
    /// Its strikes.
    public var strikes: [StrikeID]
}
