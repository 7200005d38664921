internal import Clients
internal import Foundation
internal import Histories

/// Registers on etcd: a key each, its value in decimal.
struct EtcdClient: Client {
    private let gateway: EtcdGateway
    private let isSerializable: Bool

    init(_ gateway: EtcdGateway, isSerializable: Bool) {
        self.gateway = gateway
        self.isSerializable = isSerializable
    }

    func close() async { await gateway.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        do {
            let key = EtcdGateway.encoded("register/\(invocation.key ?? .null)")
            switch invocation.function {
            case "read": return try await read(key, timeout)
            case "write": return try await write(invocation.value, to: key, timeout)
            case "cas": return try await compareAndSet(invocation.value, of: key, timeout)
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }

    // MARK: Operations

    private func read(_ key: String, _ timeout: Duration) async throws -> Completion {
        let request = EtcdRange.Request(key: key, serializable: isSerializable ? true : nil)
        let reply: EtcdRange = try await gateway.call(
            "/v3/kv/range", request, timeout: timeout
        ) { reply in
            guard Self.isSound(reply, key: key) else { return nil }
            return (isSerializable ? .unchecked : .read, reply.header)
        }
        return Self.completion(of: reply)
    }

    /// Whether a reply to a read of a key, in base 64, can be read at all.
    private static func isSound(_ reply: EtcdRange, key: String) -> Bool {
        let pairs = reply.kvs ?? []
        return reply.header != nil && pairs.count <= 1
            && pairs.allSatisfy {
                $0.key == key && Data(base64Encoded: $0.value ?? "") != nil
            }
    }

    /// What a sound reply says.
    ///
    /// Whatever the key holds is what was read, even if nobody can have written it. JSON leaves out
    /// an empty value.
    private static func completion(of reply: EtcdRange) -> Completion {
        guard let pair = reply.kvs?.first else { return .ok(.null) }
        return .ok(Value(stored: Array(Data(base64Encoded: pair.value ?? "") ?? Data())))
    }

    /// What the body of a reply to a read of a key says.
    static func completion(ofRead body: Data, key: String) -> Completion {
        do {
            let (reply, _, _) = try EtcdGateway.parse(body) { (reply: EtcdRange) in
                isSound(reply, key: key) ? (.read, reply.header) : nil
            }
            return completion(of: reply)
        } catch {
            return error.completion
        }
    }

    private func write(
        _ value: Value, to key: String, _ timeout: Duration
    ) async throws -> Completion {
        let pair = EtcdRange.Pair(key: key, value: EtcdGateway.encoded("\(value)"))
        let _: EtcdPut = try await gateway.call(
            "/v3/kv/put", pair, timeout: timeout
        ) { (.write, $0.header) }
        return .ok(value)
    }

    private func compareAndSet(
        _ value: Value, of key: String, _ timeout: Duration
    ) async throws -> Completion {
        guard let (expected, new) = value.pair else { return .fail(.keyword("no-pair")) }
        let transaction = EtcdTransaction(
            if: .init(key: key, target: "VALUE", value: EtcdGateway.encoded("\(expected)")),
            put: EtcdGateway.encoded("\(new)"), at: key)
        let reply: EtcdTransaction.Reply = try await gateway.call(
            "/v3/kv/txn", transaction, timeout: timeout
        ) { ($0.succeeded == true ? .write : .read, $0.header) }
        return reply.succeeded == true ? .ok(value) : .mismatch
    }
}

/// Tells certain failures from unknown outcomes.
///
/// Certain are only: the connection was refused, so no request left; 404 with code 5; and the
/// messages `unhealthy cluster` and `no leader`, with which etcd refuses before it proposes. Code
/// 14 covers both classes, so the message decides.
enum EtcdFailure {
    private struct Reply: Decodable {
        let code: Int?
        let message: String?
        let error: String?
    }

    private static let refusals = ["unhealthy cluster", "no leader"]

    /// The completion for a reply that is no success.
    static func completion(of reply: HTTPLink.Reply) -> Completion {
        let parsed = try? JSONDecoder().decode(Reply.self, from: Data(reply.body))
        let message = parsed?.message ?? parsed?.error ?? ""
        let error = Value.vector([
            .int(reply.status), .int(parsed?.code ?? 0), .string(String(message.prefix(200))),
        ])
        let isNotFound = reply.status == 404 && parsed?.code == 5
        return isNotFound || refusals.contains(where: message.contains)
            ? .fail(error) : .info(error)
    }
}
