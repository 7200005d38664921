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

    /// A register, and its clients' sessions, all of them opened beforehand.
    struct Machine: Equatable {
        var value = 0
        var applied: LogIndex = 0
        var sessions = Sessions<Bool>(atMost: Simulation.clients)

        init() {
            for client in 0..<Simulation.clients { sessions.open(UInt64(client), at: 0) }
        }

        init(_ data: [UInt8], index: LogIndex) {
            let numbers = stride(from: 0, to: data.count, by: 2).map {
                Int(data[$0]) << 8 | Int(data[$0 + 1])
            }
            value = numbers[0]
            applied = index
            var known: [UInt64: Sessions<Bool>.Session] = [:]
            for client in 0..<Simulation.clients {
                let sequence = UInt64(numbers[client + 1])
                known[UInt64(client)] = .init(
                    sequence: sequence, answer: sequence > 0 ? true : nil, lastUsed: 0)
            }
            sessions = Sessions(atMost: Simulation.clients, known)
        }

        var data: [UInt8] {
            let sequences = (0..<Simulation.clients).map {
                Int(sessions.sessions[UInt64($0)]?.sequence ?? 0)
            }
            return ([value] + sequences).flatMap(Self.bytes)
        }

        /// Applies a write; returns whether it had been applied before.
        mutating func apply(_ write: Write, at index: LogIndex) -> Bool {
            var isNew = false
            _ = sessions.apply(UInt64(write.client), UInt64(write.sequence), at: index) {
                isNew = true
                return true
            }
            if isNew { value = write.value }
            return !isNew
        }

        private static func bytes(_ number: Int) -> [UInt8] {
            [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        }
    }

    /// What a client wants written.
    struct Write: Hashable {
        let client: Int
        let sequence: Int
        let value: Int

        init(client: Int, sequence: Int, value: Int) {
            self.client = client
            self.sequence = sequence
            self.value = value
        }

        init(_ bytes: [UInt8]) {
            let numbers = [0, 2, 4].map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
            self.init(client: numbers[0], sequence: numbers[1], value: numbers[2])
        }

        var bytes: [UInt8] {
            [client, sequence, value].flatMap {
                [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)]
            }
        }
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
            snapshot: Snapshot(index: 0, term: 0, membership: members, data: Machine().data))
    }
}
