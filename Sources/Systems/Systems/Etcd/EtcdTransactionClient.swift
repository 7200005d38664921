internal import Clients
internal import Foundation
internal import Histories

/// Transactions over the keys of a folder, each one call of etcd's: it is done as a whole, at one
/// revision, in the order of its steps.
///
/// `txn` and `read` return a map: the revision, and the steps with what was read.
struct EtcdTransactionClient: Client {
    private let gateway: EtcdGateway
    private let isSerializable: Bool

    init(_ gateway: EtcdGateway, isSerializable: Bool) {
        self.gateway = gateway
        self.isSerializable = isSerializable
    }

    func close() async { await gateway.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        let folder = "txn/\(invocation.key ?? .null)"
        do {
            switch invocation.function {
            case "txn": return try await perform(invocation.value, in: folder, timeout)
            case "read": return try await readAll(of: folder, timeout)
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }

    // MARK: A transaction

    private func perform(
        _ value: Value, in folder: String, _ timeout: Duration
    ) async throws -> Completion {
        guard let steps = value.elements, let request = request(for: steps, in: folder) else {
            return .fail(.keyword("no-steps"))
        }
        let writes = request.success.contains { $0.requestPut != nil }
        // A transaction that only reads, and asks no majority, promises nothing about revisions.
        let effect: EtcdGateway.Effect = writes ? .write : isSerializable ? .unchecked : .read
        let reply: EtcdSteps.Reply = try await gateway.call(
            "/v3/kv/txn", request, timeout: timeout
        ) { Self.told(of: steps, $0) == nil ? nil : (effect, $0.header) }
        return .ok(Self.told(of: steps, reply) ?? .null)
    }

    /// The steps as etcd wants them; nil if they are none.
    private func request(for steps: [Value], in folder: String) -> EtcdSteps? {
        var success: [EtcdSteps.Step] = []
        for step in steps {
            guard let parts = step.elements, parts.count == 3 else { return nil }
            let key = EtcdGateway.encoded("\(folder)/\(parts[1])")
            switch parts[0] {
            case .keyword("r"):
                success.append(
                    .init(
                        requestRange: .init(key: key, serializable: isSerializable ? true : nil)))
            case .keyword("w"):
                success.append(
                    .init(
                        requestPut: .init(key: key, value: EtcdGateway.encoded("\(parts[2])"))))
            default: return nil
            }
        }
        return EtcdSteps(success: success)
    }

    /// The steps with what a reply says of them; nil if it makes no sense.
    static func told(of steps: [Value], _ reply: EtcdSteps.Reply) -> Value? {
        let responses = reply.responses ?? []
        guard let revision = reply.header.number, responses.count == steps.count else { return nil }
        var told: [Value] = []
        for (step, response) in zip(steps, responses) {
            guard let parts = step.elements, parts.count == 3 else { return nil }
            guard parts[0] == .keyword("r") else {
                told.append(step)
                continue
            }
            guard let range = response.responseRange, (range.kvs ?? []).count <= 1 else {
                return nil
            }
            guard let pair = range.kvs?.first else {
                told.append([parts[0], parts[1], .null, 0])
                continue
            }
            guard let (value, written) = Self.held(pair) else { return nil }
            told.append([parts[0], parts[1], value, .int(written)])
        }
        return Self.answer(revision, told)
    }

    // MARK: A read of everything

    private func readAll(of folder: String, _ timeout: Duration) async throws -> Completion {
        var request = EtcdRange.Request(folder: folder)
        request.serializable = isSerializable ? true : nil
        let reply: EtcdRange = try await gateway.call(
            "/v3/kv/range", request, timeout: timeout
        ) { reply in
            guard Self.everything(in: folder, reply) != nil else { return nil }
            return (isSerializable ? .unchecked : .read, reply.header)
        }
        return .ok(Self.everything(in: folder, reply) ?? .null)
    }

    private static func everything(in folder: String, _ reply: EtcdRange) -> Value? {
        guard let revision = reply.header?.number else { return nil }
        let prefix = Array("\(folder)/".utf8)
        var told: [Value] = []
        for pair in reply.kvs ?? [] {
            guard let name = pair.key.flatMap({ Data(base64Encoded: $0) }),
                name.starts(with: prefix), let (value, written) = held(pair)
            else { return nil }
            let key = Value(stored: Array(name.dropFirst(prefix.count)))
            told.append([.keyword("r"), key, value, .int(written)])
        }
        return answer(revision, told)
    }

    /// What a key holds, and since which revision.
    private static func held(_ pair: EtcdRange.Pair) -> (value: Value, written: Int)? {
        guard let written = pair.modRevision.flatMap({ Int($0) }),
            let bytes = Data(base64Encoded: pair.value ?? "")
        else { return nil }
        return (Value(stored: Array(bytes)), written)
    }

    private static func answer(_ revision: Int, _ steps: [Value]) -> Value {
        .map(.init([.keyword("revision"): .int(revision), .keyword("txn"): .vector(steps)]))
    }
}

/// A transaction of reads and puts that compares nothing.
struct EtcdSteps: Encodable {
    /// A read or a put.
    struct Step: Encodable {
        var requestRange: EtcdRange.Request?
        var requestPut: EtcdRange.Pair?
    }

    /// The reply, with one response for each step.
    struct Reply: Decodable {
        struct Response: Decodable {
            let responseRange: EtcdRange?

            enum CodingKeys: String, CodingKey { case responseRange = "response_range" }
        }
        let header: EtcdGateway.Header
        let responses: [Response]?
    }

    let success: [Step]
}
