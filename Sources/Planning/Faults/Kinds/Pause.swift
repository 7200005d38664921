/// SIGSTOP, and SIGCONT later: a leader that slept still takes itself for one (Raft §8).
public struct Pause: Fault {
    /// Which nodes.
    public let target: Target
    /// The family's name.
    public let family: FaultName = "pause"
    /// One suffices.
    public let leastNodes = 1
    /// A frozen process cannot be frozen again.
    public let isExclusive = true

    /// A pause of a target.
    public init(_ target: Target) { self.target = target }

    /// `pause-one` and so on.
    public var name: FaultName { "pause-\(target.rawValue)" }
    /// In words.
    public var summary: String { "SIGSTOP \(target.summary); SIGCONT later" }
    /// If it is the leader that is frozen.
    public var needsLeader: Bool { target == .leader }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        target.nodes(aiming).map { Aim(affected: $0, ProcessPause($0)) }
    }
}
