internal import Foundation
internal import Histories
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import Topologies

/// Finds out what nodes are in the way that a plan tells.
final class NodeProbe: Sendable {
    private static let patience = Duration.milliseconds(500)

    private let clients: ClientPrograms
    private let status: Inquiry
    private let ready: Inquiry
    private let placeholders: Placeholders
    private let topology: Topology
    private let folder: String
    private let logs: NodeLogs
    private let link: HTTPLink
    private let group: MultiThreadedEventLoopGroup
    private let refusals = Mutex<[NodeName: String]>([:])

    init(
        _ clients: ClientPrograms, setup: SystemSetup, status: Inquiry, ready: Inquiry,
        placeholders: Placeholders, processes: [ProcessName],
        on group: MultiThreadedEventLoopGroup
    ) {
        self.clients = clients
        self.status = status
        self.ready = ready
        self.placeholders = placeholders
        self.group = group
        topology = setup.topology
        folder = (setup.runFolder ?? NSTemporaryDirectory()) + "/nodes"
        logs = NodeLogs(folder: folder, processes: processes)
        link = HTTPLink(group: group, connections: 4)
    }

    func close() async throws { try await link.close() }

    // MARK: Status

    func status(of node: Node) async -> NodeStatus? {
        switch status.source {
        case .client:
            guard let answer = try? await clients.ask("status", of: node, within: Self.patience),
                answer.member("type")?.word == "ok", let value = answer.member("value")
            else { return nil }
            return NodeStatus(saidByClient: value)
        case .log(let pattern): return logs.status(of: node, by: pattern)
        case .http(let url):
            guard
                let reply = try? await link.send(
                    "GET", filled(url, node), timeout: Self.patience),
                reply.status == status.expected, let page = try? Value(json: reply.body)
            else { return nil }
            let term = status.term.flatMap { page.value(at: $0) }
            return NodeStatus(
                isLeader: status.leader.flatMap { page.value(at: $0) }
                    .map { Self.says($0, leader: node) } ?? false,
                term: term.flatMap { $0.int ?? $0.word.flatMap { Int($0) } },
                termIsRaftsOwn: status.isExact)
        case .tcp: return nil
        }
    }

    /// Whether a value says that the node leads: true, the word leader, or the node's own name or
    /// address.
    private static func says(_ value: Value, leader node: Node) -> Bool {
        if value == .bool(true) { return true }
        guard let word = value.word else { return false }
        let host = word.split(separator: ":").first.map(String.init) ?? word
        return word.lowercased() == "leader" || ["\(node.name)", "\(node.address)"].contains(host)
    }

    // MARK: Readiness

    /// Why a client's answer did not let a node serve when it was last asked.
    func refusal(of node: Node) -> String? { refusals.withLock { $0[node.name] } }

    private func clientServes(_ node: Node) async -> Bool {
        let refusal: String?
        do {
            let answer = try await clients.ask("serves", of: node, within: .seconds(1))
            let serves =
                answer.member("type")?.word == "ok" && answer.member("value") != .some(.bool(false))
            let words = "its client says \(answer.member("error") ?? answer)"
            // A certain refusal is most often a follower's.
            let isRefused = answer.member("type")?.word == "fail"
            refusal =
                serves
                ? nil
                : isRefused
                    ? words + " (where only the leader answers, write ready: {tcp: PORT})" : words
        } catch {
            refusal = "its client says \(error)"
        }
        note(refusal: refusal, of: node)
        return refusal == nil
    }

    /// Notes why a node did not serve when it was last asked.
    private func note(refusal: String?, of node: Node) {
        refusals.withLock { $0[node.name] = refusal.map { String($0.prefix(300)) } }
    }

    func serves(_ node: Node) async -> Bool { await answers(node, as: ready) }

    /// Whether a node, or one of its processes, answers in a way that the plan tells.
    func answers(
        _ node: Node, as ready: Inquiry, _ process: ProcessName? = nil
    ) async -> Bool {
        guard let process else { return await check(node, as: ready, nil) }
        let isReady = await check(node, as: ready, process)
        if let why = refusal(of: node), !isReady { note(refusal: "\(process): \(why)", of: node) }
        return isReady
    }

    private func check(
        _ node: Node, as ready: Inquiry, _ process: ProcessName?
    ) async -> Bool {
        switch ready.source {
        case .client: return await clientServes(node)
        case .tcp(let port):
            let connecting = ClientBootstrap(group: group).connectTimeout(.milliseconds(500))
                .connect(host: "\(node.address)", port: port)
            guard let channel = try? await connecting.get() else {
                note(
                    refusal: "nobody listens on \(node.address):\(port); a node must listen on its "
                        + "own {address}, for nobody else reaches its 127.0.0.1", of: node)
                return false
            }
            try? await channel.close().get()
            note(refusal: nil, of: node)
            return true
        case .http(let url):
            let url = filled(url, node)
            let reply = try? await link.send("GET", url, timeout: .seconds(1))
            let isExpected = reply?.status == ready.expected
            let answer = reply.map { "answers with \($0.status)" } ?? "does not answer"
            note(refusal: isExpected ? nil : "\(url) \(answer)", of: node)
            return isExpected
        case .log(let pattern):
            let isThere = logs.lastMatch(of: pattern, on: node, of: process.map { [$0] }) != nil
            note(refusal: isThere ? nil : "no line of its log matches \(pattern)", of: node)
            return isThere
        }
    }

    private func filled(_ text: String, _ node: Node) -> String {
        placeholders.fill(text, for: node, in: "\(folder)/\(node.name)", of: topology)
    }
}

extension NodeStatus {
    /// What a client program says: `leader` and `term`, which contradict others if they are `exact`,
    /// `commit`, and `applied` with `hash`, if it knows them.
    init(saidByClient value: Value) {
        let applied = value.member("applied")?.int.flatMap { UInt64(exactly: $0) }
        let hash = value.member("hash").map { $0.word ?? "\($0)" }
        self.init(
            isLeader: value.member("leader") == .some(.bool(true)),
            term: value.member("term")?.int,
            termIsRaftsOwn: value.member("exact") == .some(.bool(true)),
            applied: applied.flatMap { index in
                hash.map { Applied(index: index, hash: Self.digest(of: $0)) }
            })
        appliedIndex = applied
        commit = value.member("commit")?.int.flatMap { UInt64(exactly: $0) }
    }

    /// FNV-1a: hashes are compared with each other only.
    private static func digest(of text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension Value {
    /// The value at a path such as `Stats.raft.term`.
    fileprivate func value(at path: String) -> Value? {
        path.split(separator: ".").reduce(Optional(self)) { value, name in
            value?.member(String(name))
        }
    }
}
