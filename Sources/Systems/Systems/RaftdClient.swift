internal import Clients
internal import Histories
internal import Wire
internal import WireNIO

/// Registers, lists and locks on raftd: a key each, numbers in decimal.
struct RaftdClient: Client {
    private let link: RaftdLink
    private let owner: UInt64
    private let consistency: Request.Consistency
    /// For commands that are sent again; nil if each is sent once.
    private let session: RaftdSession?

    init(
        _ link: RaftdLink, owner: UInt64, consistency: Request.Consistency, inSession: Bool = false
    ) {
        self.link = link
        self.owner = owner
        self.consistency = consistency
        session = inSession ? RaftdSession(link) : nil
    }

    func close() async { await link.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        let key = Array("\(invocation.key ?? .null)".utf8)
        guard let request = request(of: invocation) else {
            return .fail(.keyword("unknown-function"))
        }
        do {
            let reply =
                switch request {
                case .read: try await link.send(.read(key: key, consistency), timeout: timeout)
                case .call(let call): try await send(call, on: key, timeout: timeout)
                }
            return Self.completion(of: reply, invocation)
        } catch {
            switch error {
            case .unreachable: return .fail(.keyword("unreachable"))
            case .timedOut: return .info(.keyword("timeout"))
            case .lost(let why): return .info(.string(String(why.prefix(200))))
            }
        }
    }

    private func send(
        _ call: Call, on key: [UInt8], timeout: Duration
    ) async throws(Connection.Failure) -> Reply.Body {
        if let session { return try await session.send(call, on: key, timeout: timeout) }
        return try await link.send(.command(.call(key: key, call, nil), .forward), timeout: timeout)
    }

    private enum Wanted {
        case read
        case call(Call)
    }

    private func request(of invocation: Invocation) -> Wanted? {
        switch invocation.function {
        case "read": return .read
        case "write": return .call(.write(Self.bytes(invocation.value)))
        case "cas":
            guard let (expected, new) = invocation.value.pair else { return nil }
            let present = expected == .null ? nil : Self.bytes(expected)
            return .call(.compareAndSet(expected: present, new: Self.bytes(new)))
        case "append": return .call(.append(Self.bytes(invocation.value)))
        case "acquire": return .call(.acquire(owner: owner))
        case "release": return .call(.release(owner: owner))
        default: return nil
        }
    }

    private static func bytes(_ value: Value) -> [UInt8] { Array("\(value)".utf8) }

    /// What a reply says of an operation; refusals are certain, raftd says so only where nothing
    /// was or will be done.
    static func completion(of reply: Reply.Body, _ invocation: Invocation) -> Completion {
        switch reply {
        case .answer(.done): return .ok(invocation.value)
        case .answer(.value(let value)): return .ok(Self.value(value))
        case .answer(.mismatch): return .mismatch
        case .answer(.full): return .fail(.keyword("full"))
        case .answer(.wrongKind): return .fail(.keyword("wrong-kind"))
        case .answer, .status:
            return .nonsense("\(invocation.function) was answered with \(reply)")
        case .refused(.notLeader): return .fail(.keyword("not-leader"))
        case .refused(.overwritten): return .fail(.keyword("overwritten"))
        case .refused(.busy(let why)): return .fail(.string(why))
        case .refused(.malformed(let why)): return .fail(.string(why))
        case .unknown(let why): return .info(.string(why))
        }
    }

    /// What a key held: a number or a list of numbers as clients write them, and anything else so
    /// that it equals nothing that clients write.
    private static func value(_ stored: StoredValue?) -> Value {
        switch stored {
        case nil: .null
        case .bytes(let bytes)?: Value(stored: bytes)
        case .list(let elements)?: .vector(elements.map(Value.init(stored:)))
        case .number(let number)?: ["a number", .string("\(number)")]
        case .heldBy(let owner)?: ["held by", .string("\(owner)")]
        }
    }
}
