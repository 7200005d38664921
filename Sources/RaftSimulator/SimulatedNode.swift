internal import Raft

/// One server with its disk, its state machine and what its clients wait for.
struct SimulatedNode {
    /// What survives a crash.
    struct Disk {
        var hard = HardState()
        var snapshot: Snapshot
        var entries: [Entry] = []

        var log: Log { Log(snapshot: snapshot, entries: entries) }

        mutating func truncate(from index: LogIndex) {
            entries.removeAll { $0.index >= index }
        }

        mutating func keep(_ newer: Snapshot, droppingAll: Bool) {
            snapshot = newer
            entries.removeAll { droppingAll || $0.index <= newer.index }
        }
    }

    /// A register.
    struct Machine: Equatable {
        var value = 0
        var applied: LogIndex = 0

        init() {}

        init(_ data: [UInt8], index: LogIndex) {
            value = Self.value(data)
            applied = index
        }

        var data: [UInt8] { Self.bytes(value) }

        /// A value as a command or a snapshot carries it.
        static func bytes(_ value: Int) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
        }

        static func value(_ bytes: [UInt8]) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
    }

    /// What a client waits for.
    enum Waiting {
        case write(index: LogIndex, term: Term)
        case read
    }

    let id: ServerID
    var server: Server?
    var disk: Disk
    var machine = Machine()
    var waiting: [UInt64: Waiting] = [:]
    /// Milliseconds between two ticks: clocks do not run alike.
    var tickLength: Int
    /// Counts restarts, so that ticks of an earlier life do not count.
    var life = 0
    var wasLeader = false

    init(id: ServerID, members: Membership, tickLength: Int) {
        self.id = id
        self.tickLength = tickLength
        disk = Disk(
            snapshot: Snapshot(index: 0, term: 0, membership: members, data: Machine.bytes(0)))
    }
}
