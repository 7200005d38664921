internal import Clients
internal import Foundation
internal import Histories

/// Lists under one key each: an append reads the list, and puts the longer one in its place by a
/// transaction, if nobody has changed it meanwhile.
struct EtcdListClient: Client {
    private let gateway: EtcdGateway

    init(_ gateway: EtcdGateway) { self.gateway = gateway }

    func close() async { await gateway.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        let key = EtcdGateway.encoded("list/\(invocation.key ?? .null)")
        let deadline = ContinuousClock.now + timeout
        do {
            switch invocation.function {
            case "read":
                let list = try await read(key, by: deadline)
                return .ok(.vector(list.text.map(Self.elements) ?? []))
            case "append": return await append(invocation.value, to: key, by: deadline)
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }

    private struct List {
        var text: [UInt8]?
        var revision: String
    }

    private func read(
        _ key: String, by deadline: ContinuousClock.Instant
    ) async throws -> List {
        let reply: EtcdRange = try await gateway.call(
            "/v3/kv/range", EtcdRange.Request(key: key), timeout: deadline - .now
        ) { reply in
            let pairs = reply.kvs ?? []
            let isSound = pairs.count <= 1 && pairs.allSatisfy { Self.text($0) != nil }
            return isSound ? (.read, reply.header) : nil
        }
        let pair = reply.kvs?.first
        return List(text: pair.flatMap(Self.text), revision: pair?.modRevision ?? "0")
    }

    private static func text(_ pair: EtcdRange.Pair) -> [UInt8]? {
        Data(base64Encoded: pair.value ?? "").map { Array($0) }
    }

    /// What stands between spaces; what no client writes is kept as it is.
    static func elements(_ text: [UInt8]) -> [Value] {
        text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map {
            Value(stored: Array($0))
        }
    }

    /// Tries until nobody was faster: a transaction that did not succeed has changed nothing.
    private func append(
        _ value: Value, to key: String, by deadline: ContinuousClock.Instant
    ) async -> Completion {
        while .now < deadline {
            let list: List
            do {
                list = try await read(key, by: deadline)
            } catch {
                // A reply without sense is evidence, whatever it was the reply to.
                let completion = EtcdGateway.completion(of: error)
                if case .nonsense = completion { return completion }
                // Nothing was asked for that could change the list.
                return .fail([.keyword("not-read"), .string("\(error)")])
            }
            let longer = (list.text.map { $0 + [UInt8(ascii: " ")] } ?? []) + Array("\(value)".utf8)
            do {
                let transaction = EtcdTransaction(
                    if: .init(key: key, target: "MOD", modRevision: list.revision),
                    put: Data(longer).base64EncodedString(), at: key)
                let reply: EtcdTransaction.Reply = try await gateway.call(
                    "/v3/kv/txn", transaction, timeout: deadline - .now
                ) { ($0.succeeded == true ? .write : .read, $0.header) }
                if reply.succeeded == true { return .ok(value) }
            } catch {
                return EtcdGateway.completion(of: error)
            }
        }
        return .fail(.keyword("others-were-faster"))
    }
}
