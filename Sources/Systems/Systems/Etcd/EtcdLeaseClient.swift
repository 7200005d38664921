internal import Clients
internal import Foundation
internal import Histories

/// Leases: `grant` makes one and says its number, `renew` asks for its whole time to live again and
/// says how many seconds it has, 0 if it is gone.
struct EtcdLeaseClient: Client {
    private let gateway: EtcdGateway

    init(_ gateway: EtcdGateway) { self.gateway = gateway }

    func close() async { await gateway.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        do {
            switch invocation.function {
            case "grant":
                let reply: EtcdLease.Granted = try await gateway.call(
                    "/v3/lease/grant", EtcdLease.Grant(timeToLive: invocation.value.int ?? 1),
                    timeout: timeout)
                guard let id = Int(reply.id) else {
                    return .nonsense("a lease was granted with the number \(reply.id)")
                }
                return .ok([invocation.value, .int(id)])
            case "renew":
                let id = invocation.value
                let reply: EtcdLease.Renewal = try await gateway.call(
                    "/v3/lease/keepalive", EtcdLease.Request(id: "\(id)"), timeout: timeout)
                if let error = reply.error {
                    return .info(.string(error.message ?? "an error without a message"))
                }
                guard let result = reply.result, let seconds = result.seconds,
                    result.id ?? "\(id)" == "\(id)"
                else { return .nonsense("a renewal of \(id) was answered with \(reply)") }
                return .ok([.int(seconds), id])
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }
}
