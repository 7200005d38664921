internal import Clients
internal import Histories
internal import NIOPosix
internal import Synchronization
internal import Topologies

/// The clients' end of Maelstrom's network: requests go out to nodes, and whoever answers, answers
/// here.
final class MaelstromMailbox: Sendable {
    private struct State {
        var port: MessagePort?
        var waiting: [Int: CheckedContinuation<Value?, Never>] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    /// Sends a request and waits for its answer; nil if none comes in time.
    ///
    /// - Throws: an error of the machine if the port cannot be opened.
    func ask(
        _ body: [Value: Value], from client: String, of node: Node, within time: Duration,
        on group: MultiThreadedEventLoopGroup
    ) async throws -> Value? {
        let port = try await port(on: group)
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        var line: [UInt8] = []
        var body = body
        body["msg_id"] = .int(id)
        line.append(
            json: .map([
                "id": .int(id), "src": .string(client), "dest": .string("\(node.name)"),
                "body": .map(.init(body)),
            ]))
        let patience = Task { [self, line] in
            port.send(line, to: "\(node.address)")
            try await Task.sleep(for: time)
            finish(id, with: nil)
        }
        defer { patience.cancel() }
        return await withCheckedContinuation { continuation in
            state.withLock { $0.waiting[id] = continuation }
        }
    }

    /// Closes the port.
    func close() async {
        let port = state.withLock { $0.port }
        await port?.close()
    }

    private func port(on group: MultiThreadedEventLoopGroup) async throws -> MessagePort {
        if let port = state.withLock({ $0.port }) { return port }
        let port = try await MessagePort.open(on: group) { [weak self] in self?.receive($0) }
        let first = state.withLock { state in
            state.port = state.port ?? port
            return state.port
        }
        return first ?? port
    }

    /// An answer to a request that nobody waits for any more is of no use to anybody.
    private func receive(_ message: [UInt8]) {
        guard let value = try? Value(json: message), let body = value.member("body"),
            let id = body.member("in_reply_to")?.int
        else { return }
        finish(id, with: body)
    }

    private func finish(_ id: Int, with body: Value?) {
        state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: body)
    }
}
