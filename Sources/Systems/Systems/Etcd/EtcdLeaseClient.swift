internal import Clients
internal import Foundation
internal import Histories

/// Leases: `grant` makes one and says its number, `renew` asks for its whole time to live again and
/// says how many seconds it has, 0 if it is gone.
struct EtcdLeaseClient: Client {
    private let gateway: EtcdGateway

    init(_ gateway: EtcdGateway) { self.gateway = gateway }

    func close() async { await gateway.close() }

    private struct Grant: Encodable {
        let TTL: Int
    }

    private struct Granted: Decodable {
        let ID: String
    }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        do {
            switch invocation.function {
            case "grant":
                let reply: Granted = try await gateway.call(
                    "/v3/lease/grant", Grant(TTL: invocation.value.int ?? 1), timeout: timeout)
                guard let id = Int(reply.ID) else {
                    return .nonsense("a lease was granted with the number \(reply.ID)")
                }
                return .ok([invocation.value, .int(id)])
            case "renew":
                let id = invocation.value
                let reply: EtcdRenewal = try await gateway.call(
                    "/v3/lease/keepalive", EtcdRenewal.Request(ID: "\(id)"), timeout: timeout)
                guard let seconds = reply.seconds else {
                    return .info(.string(reply.error?.message ?? "no result"))
                }
                return .ok([.int(seconds), id])
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }
}

/// The reply to a renewal, the first of a stream that ends with its request.
struct EtcdRenewal: Decodable {
    struct Request: Encodable {
        let ID: String
    }
    struct Result: Decodable {
        let ID: String
        let TTL: String?
    }
    struct Failure: Decodable {
        let message: String?
    }
    let result: Result?
    let error: Failure?

    /// How long the lease lives now; 0 if it is gone, which JSON leaves out.
    var seconds: Int? { result.map { $0.TTL.flatMap { Int($0) } ?? 0 } }
}

/// The reply to a read of keys.
struct EtcdRange: Decodable {
    struct Request: Encodable {
        let key: String
        var serializable: Bool?
        var revision: String?
    }
    struct Pair: Codable {
        var key: String?
        var value: String?
    }
    let header: EtcdGateway.Header?
    let kvs: [Pair]?
}
