internal import Clients
internal import Foundation
internal import Histories
internal import Synchronization

/// Watches of a folder of keys, and what there is to see: puts, deletions and compactions.
///
/// `put [key value]` and `delete key` return the revision behind that; `compact revision` forgets
/// what was overwritten or deleted up to there. `watch [revision milliseconds]` asks for everything
/// from that revision on, listens for that long, and returns the revision from which on etcd agreed
/// to tell, and what it told: `[revision key value]` each, the value nil for a deletion.
struct EtcdWatchClient: Client {
    private let gateway: EtcdGateway

    init(_ gateway: EtcdGateway) { self.gateway = gateway }

    func close() async { await gateway.close() }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        let folder = "watch/\(invocation.key ?? .null)"
        do {
            switch invocation.function {
            case "put": return try await put(invocation.value, in: folder, timeout)
            case "delete": return try await delete(invocation.value, in: folder, timeout)
            case "compact": return try await compact(invocation.value, timeout)
            case "watch": return await watch(invocation.value, folder)
            default: return .fail(.keyword("unknown-function"))
            }
        } catch {
            return EtcdGateway.completion(of: error)
        }
    }

    // MARK: Something to see

    private func put(
        _ value: Value, in folder: String, _ timeout: Duration
    ) async throws -> Completion {
        guard let (key, new) = value.pair else { return .fail(.keyword("no-pair")) }
        let pair = EtcdRange.Pair(
            key: EtcdGateway.encoded("\(folder)/\(key)"), value: EtcdGateway.encoded("\(new)"))
        let reply: EtcdPut = try await gateway.call(
            "/v3/kv/put", pair, timeout: timeout
        ) { $0.header.number == nil ? nil : (.write, $0.header) }
        return .ok([key, new, .int(reply.header.number ?? 0)])
    }

    private func delete(
        _ key: Value, in folder: String, _ timeout: Duration
    ) async throws -> Completion {
        let reply: EtcdDeletion = try await gateway.call(
            "/v3/kv/deleterange",
            EtcdDeletion.Request(key: EtcdGateway.encoded("\(folder)/\(key)")), timeout: timeout
        ) { $0.header.number == nil ? nil : ($0.hasDeleted ? .write : .read, $0.header) }
        return reply.hasDeleted ? .ok([key, .int(reply.header.number ?? 0)]) : .mismatch
    }

    private func compact(_ revision: Value, _ timeout: Duration) async throws -> Completion {
        struct Compaction: Encodable {
            let revision: String
        }
        struct Compacted: Decodable {}
        do {
            let _: Compacted = try await gateway.call(
                "/v3/kv/compaction", Compaction(revision: "\(revision)"), timeout: timeout)
            return .ok(revision)
        } catch let refusal as EtcdGateway.Refusal
            where refusal.message.contains("has been compacted")
        {
            return .mismatch
        }
    }

    // MARK: Watching

    /// Watches for some time; a watch changes nothing, so that one that did not begin has failed.
    private func watch(_ value: Value, _ folder: String) async -> Completion {
        let (from, window) = value.pair ?? (1, 1_000)
        var start = from.int ?? 1
        let deadline = ContinuousClock.now + .milliseconds(window.int ?? 1_000)
        while .now < deadline {
            let listening = Mutex(EtcdWatching())
            var trouble: (any Error)?
            do {
                try await gateway.listen(
                    "/v3/watch", EtcdWatching.Request(folder: folder, from: start),
                    for: deadline - .now
                ) { line in listening.withLock { $0.take(line) } }
            } catch {
                trouble = error
            }
            let told = listening.withLock { $0 }
            // What was told before the connection broke was told.
            if let trouble, !told.isCreated { return .fail(.string("\(trouble)")) }
            if let quote = told.nonsense { return .nonsense(quote) }
            if let compacted = told.compacted, told.events.isEmpty, compacted > start {
                start = compacted
                continue
            }
            guard told.isCreated else { break }
            return .ok(
                .map(
                    .init([
                        .keyword("from"): .int(start), .keyword("events"): .vector(told.events),
                    ])))
        }
        return .fail(.keyword("not-begun"))
    }
}

/// What a watch has told so far.
struct EtcdWatching {
    /// Asks for everything in a folder from a revision on.
    struct Request: Encodable {
        private struct Create: Encodable {
            let key: String
            let rangeEnd: String?
            let startRevision: String
            enum CodingKeys: String, CodingKey {
                case key
                case rangeEnd = "range_end"
                case startRevision = "start_revision"
            }
        }
        private let create: Create
        enum CodingKeys: String, CodingKey { case create = "create_request" }

        init(folder: String, from revision: Int) {
            let range = EtcdRange.Request(folder: folder)
            create = Create(
                key: range.key, rangeEnd: range.rangeEnd, startRevision: "\(revision)")
        }
    }

    private struct Line: Decodable {
        struct Event: Decodable {
            let type: String?
            let kv: EtcdRange.Pair
        }
        struct Result: Decodable {
            let created: Bool?
            let canceled: Bool?
            let compacted: String?
            let events: [Event]?
            enum CodingKeys: String, CodingKey {
                case created, canceled, events
                case compacted = "compact_revision"
            }
        }
        let result: Result?
    }

    /// Whether etcd has agreed.
    private(set) var isCreated = false
    /// The revision up to which it has forgotten, if it says that it can tell no more.
    private(set) var compacted: Int?
    /// `[revision key value]` each.
    private(set) var events: [Value] = []
    /// What could not be read.
    private(set) var nonsense: String?

    /// Takes a line; false if it is the last of use.
    mutating func take(_ line: [UInt8]) -> Bool {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
            nonsense = "a watch told " + EtcdGateway.quote(line)
            return false
        }
        guard let result = line.result else { return false }
        if result.created == true { isCreated = true }
        for event in result.events ?? [] {
            guard let told = Self.told(event) else {
                nonsense = "a watch told an event without key or revision"
                return false
            }
            events.append(told)
        }
        if result.canceled == true {
            compacted = result.compacted.flatMap { Int($0) }
            return false
        }
        return true
    }

    private static func told(_ event: Line.Event) -> Value? {
        guard let revision = event.kv.modRevision.flatMap({ Int($0) }),
            let path = event.kv.key.flatMap({ Data(base64Encoded: $0) }),
            let name = path.split(separator: UInt8(ascii: "/")).last,
            let value = Data(base64Encoded: event.kv.value ?? "")
        else { return nil }
        let key = Value(stored: Array(name))
        let isDeletion = event.type == "DELETE"
        return [.int(revision), key, isDeletion ? .null : Value(stored: Array(value))]
    }
}
