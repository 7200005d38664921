internal import Raft
internal import RaftStorage
internal import Wire

/// The state machine: what the cluster agrees on.
///
/// The same commands in the same order give the same state and the same answers on every server.
///
/// Keys are spread over shards, so that a copy, from which a snapshot is written beside the work,
/// costs nothing until a shard changes.
struct KeyValueMachine: Sendable {
    private struct Slot {
        var value: StoredValue
        var hash: UInt64
        /// Of a list, with four for each element's length.
        var listBytes = 0
    }

    private static let shards = 256
    private static let mostSessions = 4_096

    /// The index of the last entry that was applied.
    private(set) var applied: LogIndex = 0
    /// The term of that entry.
    private(set) var term: Term = 0
    /// A digest of all entries up to that one.
    private(set) var logDigest: UInt64 = 0
    private var shards = [[[UInt8]: Slot]](repeating: [:], count: Self.shards)
    private var sessions = Sessions<Answer>(atMost: Self.mostSessions)
    private var sum: UInt64 = 0

    init() {}

    // MARK: Commands

    /// Applies the next entry.
    ///
    /// - Returns: the answer for whoever waits for it; nil for an entry that is no command.
    mutating func apply(_ entry: Entry) -> Answer? {
        // A state that has left out an entry, or taken one twice, must answer nobody. Not a
        // precondition: the text of one is lost in a release build.
        guard entry.index == applied + 1 else {
            fatalError("applied \(entry.index) behind \(applied)")
        }
        applied = entry.index
        term = entry.term
        logDigest = Self.digest(of: entry, behind: logDigest)
        // What means nothing changes nothing, on any server; it was refused before the log.
        guard case .command(let bytes) = entry.payload, let command = try? Command(bytes) else {
            return nil
        }
        switch command {
        case .openSession:
            sessions.open(entry.index, at: entry.index)
            return .session(entry.index)
        case .call(let key, let call, nil): return perform(call, on: key)
        case .call(let key, let call, let stamp?):
            // Out of the way while the call changes the rest.
            var sessions = sessions
            self.sessions = Sessions(atMost: Self.mostSessions)
            defer { self.sessions = sessions }
            let outcome = sessions.apply(stamp.session, stamp.sequence, at: entry.index) {
                perform(call, on: key)
            }
            switch outcome {
            case .applied(let answer): return answer
            case .stale: return .stale
            case .expired: return .sessionExpired
            }
        }
    }

    /// What a key holds.
    func read(_ key: [UInt8]) -> Answer { .value(shards[Self.shard(of: key)][key]?.value) }

    private mutating func perform(_ call: Call, on key: [UInt8]) -> Answer {
        let old = shards[Self.shard(of: key)][key]?.value
        switch (call, old) {
        case (.read, _): return .value(old)
        case (.write(let new), nil), (.write(let new), .bytes?):
            put(.bytes(new), at: key)
            return .done
        case (.compareAndSet(let expected, let new), nil):
            return replace(expected == nil, by: new, at: key)
        case (.compareAndSet(let expected, let new), .bytes(let present)?):
            return replace(expected == present, by: new, at: key)
        case (.append(let element), nil), (.append(let element), .list?):
            return append(element, at: key)
        case (.add(let number), nil):
            put(.number(number), at: key)
            return .number(number)
        case (.add(let number), .number(let present)?):
            put(.number(present &+ number), at: key)
            return .number(present &+ number)
        case (.acquire(let owner), nil):
            put(.heldBy(owner), at: key)
            return .done
        case (.acquire, .heldBy?), (.release, nil): return .mismatch
        case (.release(let owner), .heldBy(let holder)?):
            guard owner == holder else { return .mismatch }
            remove(key)
            return .done
        default: return .wrongKind
        }
    }

    private mutating func replace(_ isRight: Bool, by new: [UInt8], at key: [UInt8]) -> Answer {
        guard isRight else { return .mismatch }
        put(.bytes(new), at: key)
        return .done
    }

    // MARK: Slots

    private mutating func put(_ value: StoredValue, at key: [UInt8]) {
        var slot = Slot(value: value, hash: Self.hash(of: key, value))
        if case .list(let elements) = value {
            slot.listBytes = elements.reduce(0) { $0 + $1.count + 4 }
        }
        let hash = slot.hash
        let old = shards[Self.shard(of: key)].updateValue(slot, forKey: key)
        sum = sum &- (old.map { Self.mixed($0.hash) } ?? 0) &+ Self.mixed(hash)
    }

    private mutating func append(_ element: [UInt8], at key: [UInt8]) -> Answer {
        let shard = Self.shard(of: key)
        guard let old = shards[shard].removeValue(forKey: key), case .list(var elements) = old.value
        else {
            put(.list([element]), at: key)
            return .done
        }
        let bytes = old.listBytes + element.count + 4
        guard elements.count < StoredValue.mostElements, bytes <= StoredValue.mostListBytes else {
            shards[shard][key] = old
            return .full
        }
        elements.append(element)
        let hash = Self.hash(element, from: old.hash)
        shards[shard][key] = Slot(value: .list(elements), hash: hash, listBytes: bytes)
        sum = sum &- Self.mixed(old.hash) &+ Self.mixed(hash)
        return .done
    }

    private mutating func remove(_ key: [UInt8]) {
        guard let old = shards[Self.shard(of: key)].removeValue(forKey: key) else { return }
        sum = sum &- Self.mixed(old.hash)
    }

    // MARK: Hashes

    /// A hash of everything here; the order in which keys came does not matter.
    var hash: UInt64 {
        sessions.sessions.reduce(sum) { sum, session in
            let numbers = [session.key, session.value.sequence, session.value.lastUsed]
            return sum &+ Self.mixed(numbers.reduce(Self.offset) { Self.hash($1, from: $0) })
        }
    }

    private static let offset: UInt64 = 0xcbf2_9ce4_8422_2325

    private static func shard(of key: [UInt8]) -> Int {
        Int(truncatingIfNeeded: mixed(hash(key, from: offset)) % UInt64(shards))
    }

    private static func hash(of key: [UInt8], _ value: StoredValue) -> UInt64 {
        let start = hash(key, from: offset)
        return switch value {
        case .bytes(let bytes): hash(bytes, from: start &+ 1)
        case .list(let elements): elements.reduce(start &+ 2) { hash($1, from: $0) }
        case .number(let number): hash(UInt64(bitPattern: number), from: start &+ 3)
        case .heldBy(let owner): hash(owner, from: start &+ 4)
        }
    }

    /// A digest of an entry and all before it: equal for equal logs, and different for others but
    /// with the probability of CRC-32C.
    private static func digest(of entry: Entry, behind digest: UInt64) -> UInt64 {
        let (kind, sum): (UInt64, UInt32)
        switch entry.payload {
        case .nothing: (kind, sum) = (0, 0)
        case .command(let command):
            (kind, sum) = (1 &+ UInt64(command.count) << 2, Frame.checksum(command[...]))
        case .membership(let members):
            var writer = ByteWriter()
            EntryCoding.write(members, to: &writer)
            (kind, sum) = (2, Frame.checksum(writer.bytes[...]))
        }
        return hash(UInt64(sum), from: hash(kind, from: hash(entry.term, from: digest)))
    }

    /// FNV-1a, with the length at the end.
    private static func hash(_ bytes: [UInt8], from start: UInt64) -> UInt64 {
        var hash = start
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return self.hash(UInt64(bytes.count), from: hash)
    }

    private static func hash(_ number: UInt64, from start: UInt64) -> UInt64 {
        mixed(start ^ mixed(number))
    }

    /// The finalizer of SplitMix64 (Steele, Lea & Flood 2014): sums of its values hide nothing.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    // MARK: Snapshots

    /// The whole state.
    var snapshot: [UInt8] {
        var writer = ByteWriter(capacity: 1 << 16)
        writer.put(term)
        writer.put(logDigest)
        writer.put(UInt32(sessions.sessions.count))
        for (name, session) in sessions.sessions {
            writer.put(name)
            writer.put(session.sequence)
            writer.put(session.lastUsed)
            writer.put(session.answer != nil)
            session.answer?.write(to: &writer)
        }
        writer.put(UInt64(shards.reduce(0) { $0 + $1.count }))
        for shard in shards {
            for (key, slot) in shard {
                writer.put(key)
                slot.value.write(to: &writer)
            }
        }
        return writer.bytes
    }

    /// The state of a snapshot; empty bytes are the empty state, with which a cluster begins.
    init(_ bytes: [UInt8], upTo index: LogIndex) throws(WireError) {
        applied = index
        guard !bytes.isEmpty else { return }
        var reader = ByteReader(bytes)
        term = try reader.take()
        logDigest = try reader.take()
        var known: [UInt64: Sessions<Answer>.Session] = [:]
        for _ in 0..<(try reader.take(UInt32.self)) {
            let name = try reader.take(UInt64.self)
            let (sequence, last) = (try reader.take(UInt64.self), try reader.take(UInt64.self))
            let answer = try reader.takeFlag() ? try Answer(from: &reader) : nil
            known[name] = .init(sequence: sequence, answer: answer, lastUsed: last)
        }
        sessions = Sessions(atMost: Self.mostSessions, known)
        for _ in 0..<(try reader.take(UInt64.self)) {
            let key = try reader.takeString(atMost: Call.mostKeyBytes)
            put(try StoredValue(from: &reader), at: key)
        }
        try reader.finish()
    }
}
