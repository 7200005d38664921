internal import Clients
internal import Foundation
internal import Histories

/// Registers on etcd: a key each, its value in decimal.
struct EtcdClient: Client {
    private let base: String
    private let gateway: HTTPLink
    private let isSerializable: Bool

    init(base: String, gateway: HTTPLink, isSerializable: Bool) {
        self.base = base
        self.gateway = gateway
        self.isSerializable = isSerializable
    }

    func close() async {
        // A connection that does not end in good order is gone all the same.
        try? await gateway.close()
    }

    static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        do {
            let key = Self.encoded("register/\(invocation.key ?? .null)")
            switch invocation.function {
            case "read": return try await read(key, timeout)
            case "write": return try await write(invocation.value, to: key, timeout)
            case "cas": return try await compareAndSet(invocation.value, of: key, timeout)
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return HTTPLink.completion(of: error)
        }
    }

    // MARK: Operations

    private struct Range: Encodable {
        let key: String
        let serializable: Bool?
    }

    private struct Pair: Codable {
        var key: String?
        var value: String?
    }

    /// Every reply has one.
    private struct Header: Decodable {}

    private struct RangeReply: Decodable {
        let header: Header?
        let kvs: [Pair]?
    }

    private struct PutReply: Decodable {
        let header: Header
    }

    private func read(_ key: String, _ timeout: Duration) async throws -> Completion {
        let body = Range(key: key, serializable: isSerializable ? true : nil)
        let reply = try await gateway.post(base + "/v3/kv/range", body, timeout: timeout)
        guard reply.status == 200 else { return EtcdFailure.completion(of: reply) }
        return Self.completion(ofRead: Data(reply.body), key: key)
    }

    /// What a reply to a read of a key, in base 64, says: whatever the key holds is what was read,
    /// even if nobody can have written it.
    static func completion(ofRead body: Data, key: String) -> Completion {
        guard let reply = try? JSONDecoder().decode(RangeReply.self, from: body),
            reply.header != nil, (reply.kvs ?? []).count <= 1,
            reply.kvs?.first.map({ $0.key == key }) ?? true
        else { return .nonsense("a read was answered with " + quote(body)) }
        guard let pair = reply.kvs?.first else { return .ok(.null) }
        // JSON leaves out an empty value.
        guard let bytes = Data(base64Encoded: pair.value ?? "") else {
            return .nonsense("a read was answered with " + quote(body))
        }
        return .ok(Value(stored: Array(bytes)))
    }

    private static func quote(_ body: Data) -> String {
        String(String(decoding: body, as: UTF8.self).prefix(300))
    }

    private func write(
        _ value: Value, to key: String, _ timeout: Duration
    ) async throws -> Completion {
        let body = Pair(key: key, value: Self.encoded("\(value)"))
        let reply = try await gateway.post(base + "/v3/kv/put", body, timeout: timeout)
        guard reply.status == 200 else { return EtcdFailure.completion(of: reply) }
        guard (try? JSONDecoder().decode(PutReply.self, from: Data(reply.body))) != nil else {
            return .nonsense("a write was answered with " + Self.quote(Data(reply.body)))
        }
        return .ok(value)
    }

    private struct Transaction: Encodable {
        struct Compare: Encodable {
            let key: String
            let target = "VALUE"
            let result = "EQUAL"
            let value: String
        }
        struct Operation: Encodable {
            let requestPut: Pair
        }
        let compare: [Compare]
        let success: [Operation]
    }

    private struct TransactionReply: Decodable {
        let header: Header
        let succeeded: Bool?
    }

    private func compareAndSet(
        _ value: Value, of key: String, _ timeout: Duration
    ) async throws -> Completion {
        guard let (expected, new) = value.pair else { return .fail(.keyword("no-pair")) }
        let body = Transaction(
            compare: [.init(key: key, value: Self.encoded("\(expected)"))],
            success: [.init(requestPut: Pair(key: key, value: Self.encoded("\(new)")))])
        let reply = try await gateway.post(base + "/v3/kv/txn", body, timeout: timeout)
        guard reply.status == 200 else { return EtcdFailure.completion(of: reply) }
        guard let result = try? JSONDecoder().decode(TransactionReply.self, from: Data(reply.body))
        else {
            return .nonsense("a transaction was answered with " + Self.quote(Data(reply.body)))
        }
        return result.succeeded == true ? .ok(value) : .mismatch
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
