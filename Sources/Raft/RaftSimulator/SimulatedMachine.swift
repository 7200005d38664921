internal import Raft

/// A register, and its clients' sessions, all of them opened beforehand.
struct SimulatedMachine: Hashable {
    private(set) var value = 0
    var applied: LogIndex = 0
    private var sessions = Sessions<Bool>(atMost: Simulation.clients)

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

    var data: [UInt8] { data(withSessions: true) }

    /// The state as a snapshot has it; a faulty one may leave the sessions out.
    func data(withSessions: Bool) -> [UInt8] {
        let sequences = (0..<Simulation.clients).map {
            withSessions ? Int(sessions.sessions[UInt64($0)]?.sequence ?? 0) : 0
        }
        return ([value] + sequences).flatMap(Self.bytes)
    }

    /// Applies a write; returns whether it had been applied before.
    mutating func apply(_ write: Write, at index: LogIndex, inSessions: Bool) -> Bool {
        guard inSessions else {
            value = write.value
            return false
        }
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
}
