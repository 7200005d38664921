internal import Clients
internal import Histories
internal import Wire
internal import WireNIO

/// Registers, lists and locks on raftd: a key each, numbers in decimal.
struct RaftdClient: Client {
    private let link: RaftdLink
    private let owner: UInt64
    private let consistency: Request.Consistency

    init(_ link: RaftdLink, owner: UInt64, consistency: Request.Consistency) {
        self.link = link
        self.owner = owner
        self.consistency = consistency
    }

    func close() async { await link.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        guard let body = body(of: invocation) else { return .fail(.keyword("unknown-function")) }
        do {
            let reply = try await link.send(body, timeout: timeout)
            return Self.completion(of: reply, invocation)
        } catch {
            switch error {
            case .unreachable: return .fail(.keyword("unreachable"))
            case .timedOut: return .info(.keyword("timeout"))
            case .lost(let why): return .info(.string(String(why.prefix(200))))
            }
        }
    }

    private func body(of invocation: Invocation) -> Request.Body? {
        let key = Array("\(invocation.key ?? .null)".utf8)
        func command(_ call: Call) -> Request.Body {
            .command(.call(key: key, call, nil), .forward)
        }
        switch invocation.function {
        case "read": return .read(key: key, consistency)
        case "write": return command(.write(Self.bytes(invocation.value)))
        case "cas":
            guard let (expected, new) = invocation.value.pair else { return nil }
            let present = expected == .null ? nil : Self.bytes(expected)
            return command(.compareAndSet(expected: present, new: Self.bytes(new)))
        case "append": return command(.append(Self.bytes(invocation.value)))
        case "acquire": return command(.acquire(owner: owner))
        case "release": return command(.release(owner: owner))
        default: return nil
        }
    }

    private static func bytes(_ value: Value) -> [UInt8] { Array("\(value)".utf8) }

    /// What a reply says of an operation; refusals are certain, raftd says so only where nothing
    /// was or will be done.
    static func completion(of reply: Reply.Body, _ invocation: Invocation) -> Completion {
        switch reply {
        case .answer(.done): return .ok(invocation.value)
        case .answer(.value(let value)):
            guard let seen = Self.value(value) else {
                return .info(.string("a value that was never written: \(value as Any)"))
            }
            return .ok(seen)
        case .answer(.mismatch): return .fail(.keyword("mismatch"))
        case .answer(.full): return .fail(.keyword("full"))
        case .answer(.wrongKind): return .fail(.keyword("wrong-kind"))
        case .answer(let other): return .info(.string("unexpected answer \(other)"))
        case .refused(.notLeader): return .fail(.keyword("not-leader"))
        case .refused(.overwritten): return .fail(.keyword("overwritten"))
        case .refused(.busy(let why)): return .fail(.string(why))
        case .refused(.malformed(let why)): return .fail(.string(why))
        case .unknown(let why): return .info(.string(why))
        case .status: return .info(.string("unexpected status"))
        }
    }

    private static func value(_ stored: StoredValue?) -> Value? {
        switch stored {
        case nil: return .null
        case .bytes(let bytes)?: return number(bytes).map(Value.int)
        case .list(let elements)?:
            let numbers = elements.compactMap(number)
            return numbers.count == elements.count ? .vector(numbers.map(Value.int)) : nil
        case .number(let number)?: return .int(Int(number))
        case .heldBy(let owner)?: return .int(Int(owner))
        }
    }

    private static func number(_ bytes: [UInt8]) -> Int? {
        Int(String(decoding: bytes, as: UTF8.self))
    }
}
