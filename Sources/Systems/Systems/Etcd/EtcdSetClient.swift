internal import Clients
internal import Foundation
internal import Histories

/// Sets that grow: each element is a key in the set's folder.
struct EtcdSetClient: Client {
    private let gateway: EtcdGateway

    init(_ gateway: EtcdGateway) { self.gateway = gateway }

    func close() async { await gateway.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        let folder = "set/\(invocation.key ?? .null)"
        do {
            switch invocation.function {
            case "add":
                let pair = EtcdRange.Pair(
                    key: EtcdGateway.encoded("\(folder)/\(invocation.value)"), value: "")
                let _: EtcdPut = try await gateway.call(
                    "/v3/kv/put", pair, timeout: timeout
                ) { (.write, $0.header) }
                return .ok(invocation.value)
            case "read":
                let reply: EtcdRange = try await gateway.call(
                    "/v3/kv/range", EtcdRange.Request(folder: folder), timeout: timeout
                ) { Self.elements(of: $0, in: folder) == nil ? nil : (.read, $0.header) }
                return .ok(.vector(Self.elements(of: reply, in: folder) ?? []))
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }

    /// The elements that a reply names; nil if it names keys of another folder.
    private static func elements(of reply: EtcdRange, in folder: String) -> [Value]? {
        let prefix = Array("\(folder)/".utf8)
        var elements: [Value] = []
        for pair in reply.kvs ?? [] {
            guard let name = pair.key.flatMap({ Data(base64Encoded: $0) }),
                name.starts(with: prefix)
            else { return nil }
            elements.append(Value(stored: Array(name.dropFirst(prefix.count))))
        }
        return elements
    }
}
