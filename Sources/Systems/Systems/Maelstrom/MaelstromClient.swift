internal import Clients
internal import Histories
internal import NIOPosix
internal import Topologies

/// Registers of Maelstrom's workload lin-kv.
struct MaelstromClient: Client {
    /// Errors that say that the operation certainly did not happen
    /// (<https://github.com/jepsen-io/maelstrom/blob/main/doc/protocol.md#errors>).
    private static let definite: Set<Int> = [1, 10, 11, 12, 14, 20, 21, 22, 30]
    private static let noSuchKey = 20
    private static let preconditionFailed = 22

    let mailbox: MaelstromMailbox
    let node: Node
    let process: Int
    let group: MultiThreadedEventLoopGroup

    func close() async {}

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        guard let body = Self.body(of: invocation) else {
            return .fail(.keyword("unknown-function"))
        }
        do {
            let answer = try await mailbox.ask(
                body, from: "c\(process + 1)", of: node, within: timeout, on: group)
            return answer.map { Self.completion(of: $0, invocation) } ?? .info(.keyword("timeout"))
        } catch {
            return .fail(.string("\(error)"))
        }
    }

    private static func body(of invocation: Invocation) -> [Value: Value]? {
        var body: [Value: Value] = [
            "type": .string(invocation.function), "key": invocation.key ?? .null,
        ]
        switch invocation.function {
        case "read": break
        case "write": body["value"] = invocation.value
        case "cas":
            guard let (expected, new) = invocation.value.pair else { return nil }
            (body["from"], body["to"]) = (expected, new)
        default: return nil
        }
        return body
    }

    /// What an answer's body says of an operation.
    static func completion(of body: Value, _ invocation: Invocation) -> Completion {
        let type = body.member("type")?.word
        guard type == "error" else {
            guard type == invocation.function + "_ok" else {
                return .nonsense("\(invocation.function) was answered with \(body)")
            }
            guard invocation.function == "read" else { return .ok(invocation.value) }
            guard let value = body.member("value") else {
                return .nonsense("a read was answered without a value: \(body)")
            }
            return .ok(value)
        }
        let code = body.member("code")?.int ?? 0
        let error = Value.vector([.int(code), body.member("text") ?? .null])
        switch (code, invocation.function) {
        case (noSuchKey, "read"): return .ok(.null)
        case (noSuchKey, "cas"), (preconditionFailed, _): return .mismatch
        default: return definite.contains(code) ? .fail(error) : .info(error)
        }
    }
}
