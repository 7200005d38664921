public import Topologies

/// SIGKILL, and a restart with the same data: what was acknowledged must be on disk (Raft §5.1).
public struct Kill: ProcessFault {
    /// Which nodes.
    public let target: Target
    /// Which of each node's processes; nil for all of them.
    public var process: ProcessName?
    /// The family's name.
    public let family: FaultName = "kill"
    /// One suffices.
    public let leastNodes = 1
    /// A dead process cannot be killed or frozen.
    public let isExclusive = true

    /// A kill of a target.
    public init(_ target: Target, of process: ProcessName? = nil) {
        self.target = target
        self.process = process
    }

    /// `kill-one` and so on, and `kill-one/tikv` of a single process.
    public var name: FaultName { FaultName("kill-\(target.rawValue)", of: process) }
    /// In words.
    public var summary: String { "SIGKILL \(target.summary); restart with the same data" }
    /// If it is the leader that is killed.
    public var needsLeader: Bool { target == .leader }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        target.nodes(aiming).map { Aim(affected: $0, ProcessKill($0, of: process)) }
    }
}
