public import Topologies

/// SIGSTOP, and SIGCONT later: a leader that slept still takes itself for one (Raft §8).
public struct Pause: ProcessFault {
    /// Which nodes.
    public let target: Target
    /// Which of each node's processes; nil for all of them.
    public var process: ProcessName?
    /// The family's name.
    public let family: FaultName = "pause"
    /// One suffices.
    public let leastNodes = 1
    /// A frozen process cannot be frozen again.
    public let isExclusive = true

    /// A pause of a target.
    public init(_ target: Target, of process: ProcessName? = nil) {
        self.target = target
        self.process = process
    }

    /// `pause-one` and so on, and `pause-one/tikv` of a single process.
    public var name: FaultName { FaultName("pause-\(target.rawValue)", of: process) }
    /// In words.
    public var summary: String { "SIGSTOP \(target.summary); SIGCONT later" }
    /// If it is the leader that is frozen.
    public var needsLeader: Bool { target == .leader }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        target.nodes(aiming).map { Aim(affected: $0, ProcessPause($0, of: process)) }
    }
}
