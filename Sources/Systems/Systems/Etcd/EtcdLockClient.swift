internal import Clients
internal import Foundation
internal import Histories
internal import Synchronization

/// Whether those who wait for a lock keep their leases alive.
enum LockWaiters: String, Hashable, Sendable, CaseIterable {
    /// As etcd's own client libraries do.
    case kept
    /// As a client does that is frozen, or starved, while it waits.
    case lapsing
}

/// Locks of etcd's own: a lease, a key under the lock's name that lives as long as the lease does,
/// and the oldest such key is the lock
/// (<https://etcd.io/docs/v3.4/dev-guide/api_concurrency_reference_v3/>).
///
/// `acquire` says at which revision the lock was granted, and whether its key was there then;
/// `release` deletes the key and says at which revision, or that it was gone, because the lease had
/// expired. The time between is the lock's, whatever clocks say.
final class EtcdLockClient: Client {
    private struct Held {
        let key: String
        let keeping: Task<Void, Never>
    }

    private let gateway: EtcdGateway
    private let timeToLive: Int
    private let waiters: LockWaiters
    private let held = Mutex<Held?>(nil)

    init(_ gateway: EtcdGateway, timeToLive: Int, waiters: LockWaiters) {
        self.gateway = gateway
        self.timeToLive = timeToLive
        self.waiters = waiters
    }

    func close() async {
        drop()?.keeping.cancel()
        await gateway.close()
    }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        switch invocation.function {
        case "acquire":
            drop()?.keeping.cancel()
            return await acquire("lock/\(invocation.key ?? .null)", timeout)
        case "release": return await release(timeout)
        default: return .fail(.keyword("unknown-function"))
        }
    }

    private func drop() -> Held? {
        held.withLock { held in
            defer { held = nil }
            return held
        }
    }

    // MARK: Acquiring

    private struct Lock: Encodable {
        let name: String
        let lease: String
    }

    private struct Locked: Decodable {
        let header: EtcdGateway.Header
        let key: String
    }

    private func acquire(_ name: String, _ timeout: Duration) async -> Completion {
        let deadline = ContinuousClock.now + timeout
        let granted: EtcdLease.Granted
        do {
            granted = try await gateway.call(
                "/v3/lease/grant", EtcdLease.Grant(timeToLive: timeToLive), timeout: timeout)
        } catch {
            let completion = EtcdGateway.completion(of: error)
            if case .nonsense = completion { return completion }
            // A lease without a key locks nothing.
            return .fail([.keyword("no-lease"), .string("\(error)")])
        }
        let keeping = waiters == .kept ? keep(granted.id) : nil
        do {
            // What is left is for giving up in good order.
            let locked: Locked = try await gateway.call(
                "/v3/lock/lock",
                Lock(name: EtcdGateway.encoded(name), lease: granted.id),
                timeout: (deadline - .now) * 3 / 4)
            held.withLock { $0 = Held(key: locked.key, keeping: keeping ?? keep(granted.id)) }
            return .ok(await grant(locked, by: deadline))
        } catch {
            keeping?.cancel()
            return await giveUp(granted.id, because: error, by: deadline)
        }
    }

    /// The revision of the grant, and whether the lock's key was there then, as far as that can be
    /// learned.
    private func grant(
        _ locked: Locked, by deadline: ContinuousClock.Instant
    ) async -> Value {
        guard let revision = locked.header.number else { return .map(.init([:])) }
        var entries: [Value: Value] = [.keyword("revision"): .int(revision)]
        let range: EtcdRange? = try? await gateway.call(
            "/v3/kv/range", EtcdRange.Request(key: locked.key, revision: "\(revision)"),
            timeout: max(deadline - .now, .milliseconds(100)))
        if let range { entries[.keyword("held")] = .bool(!(range.kvs ?? []).isEmpty) }
        return .map(.init(entries))
    }

    /// Revokes the lease: without it there is no lock, whatever becomes of the request.
    private func giveUp(
        _ lease: String, because error: any Error, by deadline: ContinuousClock.Instant
    ) async -> Completion {
        struct Revoked: Decodable {}
        let message = (error as? EtcdGateway.Refusal)?.message ?? ""
        if ["session is expired", "lease not found"].contains(where: message.contains) {
            return .fail(.keyword("lease-expired"))
        }
        do {
            let _: Revoked = try await gateway.call(
                "/v3/lease/revoke", EtcdLease.Request(id: lease),
                timeout: max(deadline - .now, .milliseconds(100)))
            return .fail(.keyword("gave-up"))
        } catch {
            let message = (error as? EtcdGateway.Refusal)?.message ?? ""
            if message.contains("lease not found") { return .fail(.keyword("lease-expired")) }
            return .info([.keyword("lock-and-revocation-unknown"), .string("\(error)")])
        }
    }

    /// Renews a lease three times in its life, until it is cancelled.
    private func keep(_ lease: String) -> Task<Void, Never> {
        let (gateway, interval) = (gateway, Duration.seconds(timeToLive) / 3)
        return Task {
            while !Task.isCancelled {
                // One that is lost is seen by the lock's key.
                let _: EtcdLease.Renewal? = try? await gateway.call(
                    "/v3/lease/keepalive", EtcdLease.Request(id: lease), timeout: interval)
                try? await Task.sleep(for: interval)
            }
        }
    }

    // MARK: Releasing

    /// Deletes the key, as etcd's own unlock does, which does not say whether it was there.
    private func release(_ timeout: Duration) async -> Completion {
        guard let held = drop() else { return .fail(.keyword("not-held")) }
        defer { held.keeping.cancel() }
        do {
            let reply: EtcdDeletion = try await gateway.call(
                "/v3/kv/deleterange", EtcdDeletion.Request(key: held.key), timeout: timeout
            ) { ($0.hasDeleted ? .write : .read, $0.header) }
            guard reply.hasDeleted else { return .mismatch }
            guard let revision = reply.header.number else { return .ok(.map(.init([:]))) }
            return .ok(.map(.init([.keyword("revision"): .int(revision)])))
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }
}
