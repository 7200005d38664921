public import Checkers
public import Topologies

/// One key's contradiction, with the node that gave the answer and what it was going through.
public struct Violation: Codable, Hashable, Sendable {
    /// The key; nil where there is one object.
    public var key: String?
    /// The rule that is broken.
    public var kind: Contradiction.Kind
    /// The name of the operation that breaks it, `read` for example.
    public var function: String
    /// The operation to look at first, by its number in the history.
    public var culprit: Int
    /// What it missed.
    public var missed: Int?
    /// Where it was answered.
    public var node: NodeName?
    /// Where what it missed had been acknowledged.
    public var missedNode: NodeName?
    /// When it was invoked, in seconds since the start of the load.
    public var invoked: Double?
    /// When it was answered.
    public var time: Double?
    /// When what it missed had been acknowledged.
    public var acknowledged: Double?
    /// Seconds from that to the invocation: how far behind the answer was.
    public var behind: Double?
    /// What the node was going through.
    public var situation: Situation
    /// All of it in words.
    public var sentence: String

    /// `stale read`, `double cas`.
    public var noun: String { kind.noun(function) }
}

extension Contradiction.Kind {
    /// What such a violation is called, with the name of the operation.
    public func noun(_ function: String) -> String {
        switch self {
        case .unwritten: "\(function) of what nobody wrote"
        case .future: "\(function) of what was written later"
        case .stale: "stale \(function)"
        case .interleaved: "value that came back"
        case .doubleSwap: "lost update"
        case .cycle: "cycle of updates"
        case .excess: "\(function) of too much"
        case .undercount: "\(function) of too little"
        case .diverged: "diverged \(function)"
        case .outOfOrder: "\(function) out of order"
        case .takenTwice: "element taken twice"
        case .overtaken: "overtaken element"
        case .crossed: "elements out of order"
        case .notEmpty: "\(function) that found nothing"
        case .overlap: "lock held twice"
        case .notReleased: "lock acquired twice"
        case .notHeld: "lock released by a stranger"
        case .exhausted: "\(function) that fits nowhere"
        }
    }
}
