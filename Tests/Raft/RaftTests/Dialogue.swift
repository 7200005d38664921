import Generators

@testable import Raft

/// A small cluster that does what a script says, one thing at a time, and says what it does.
struct Dialogue {
    private var random = SplitMix64(seed: 1)
    private var servers: [ServerID: Server] = [:]
    private var kept: [ServerID: (hard: HardState, log: Log)] = [:]
    private var network: [Message] = []
    private var lines: [String] = []
    private var request: UInt64 = 0
    private var options = Options()

    /// A line of a script that means nothing.
    struct Misunderstanding: Error, CustomStringConvertible {
        let description: String
    }

    /// Does what a command says.
    ///
    /// - Returns: what happened, line by line.
    mutating func perform(_ command: String) throws -> [String] {
        lines = []
        let words = command.split(separator: " ").map(String.init)
        guard let verb = words.first else { return [] }
        let rest = Array(words.dropFirst())
        switch verb {
        case "cluster": try begin(rest)
        case "timeout": try tick(rest) { effects in effects.contains { Self.isSent($0) } }
        case "heartbeat": try tick(rest) { effects in effects.contains { Self.isSent($0) } }
        case "tick":
            for _ in 0..<(Int(rest.last ?? "") ?? 1) { step(try server(rest[0]), .tick) }
        case "deliver": try deliver(rest)
        case "drop": try drop(rest)
        case "propose":
            request += 1
            step(
                try server(rest[0]),
                .propose([Proposal(Array((rest.last ?? "").utf8), request: request)]))
        case "read":
            request += 1
            step(try server(rest[0]), .read(request: request))
        case "transfer":
            step(try server(rest[0]), .transferLeadership(to: try server(rest[1])))
        case "members": try changeMembers(rest)
        case "compact":
            let id = try server(rest[0])
            step(id, .compact(upTo: servers[id]?.commit ?? 0, data: Array("state".utf8)))
        case "crash": servers[try server(rest[0])] = nil
        case "restart": try restart(rest)
        case "state": for id in kept.keys.sorted() { lines.append(state(of: id)) }
        default: throw Misunderstanding(description: "no command '\(verb)'")
        }
        return lines
    }

    // MARK: Commands

    /// `cluster 3`, or `cluster 3 +1` with a server that is no member yet, or `cluster 3 single`
    /// for messages of one entry.
    private mutating func begin(_ words: [String]) throws {
        let count = UInt64(words.first ?? "") ?? 0
        if words.last == "single" { options.mostEntries = 1 }
        let others = words.count > 1 ? UInt64(words[1].dropFirst()) ?? 0 : 0
        let members = Membership(voters: Set((1...count).map(ServerID.init)))
        for number in 1...(count + others) {
            let own = number > count ? Membership(voters: []) : members
            kept[ServerID(number)] = (
                HardState(), Log(snapshot: Snapshot(index: 0, term: 0, membership: own, data: []))
            )
            start(ServerID(number))
        }
    }

    private mutating func restart(_ words: [String]) throws {
        start(try server(words[0]))
        lines.append(state(of: try server(words[0])))
    }

    private mutating func start(_ id: ServerID) {
        guard let (hard, log) = kept[id] else { return }
        servers[id] = Server(id: id, hard: hard, log: log, options: options, using: &random)
    }

    /// Ticks until something happens, at most a hundred times.
    private mutating func tick(
        _ words: [String], until happened: ([Effect]) -> Bool
    ) throws {
        let id = try server(words[0])
        for _ in 0..<100 where happened(step(id, .tick)) { return }
        lines.append("nothing happens")
    }

    /// `deliver` all that is on its way, and what comes of it; or only what goes along some links.
    private mutating func deliver(_ words: [String]) throws {
        let links = try words.map(link)
        for _ in 0..<1_000 {
            let next = network.firstIndex { links.isEmpty || links.contains([$0.from, $0.to]) }
            guard let next else { return }
            arrive(network.remove(at: next))
        }
    }

    private mutating func arrive(_ message: Message) {
        lines.append(Self.words(of: message))
        step(message.to, .message(message))
    }

    private mutating func drop(_ words: [String]) throws {
        let links = try words.map(link)
        let lost = network.filter { links.isEmpty || links.contains([$0.from, $0.to]) }
        network.removeAll { lost.contains($0) }
        lines.append("\(lost.count) messages lost")
    }

    /// `members s1 s1,s2,s3 learners s4`.
    private mutating func changeMembers(_ words: [String]) throws {
        func servers(_ text: String) throws -> Set<ServerID> {
            Set(try text.split(separator: ",").map { try server(String($0)) })
        }
        request += 1
        let learners = words.count > 3 ? try servers(words[3]) : []
        step(
            try server(words[0]),
            .changeMembers(voters: try servers(words[1]), learners: learners, request: request))
    }

    private func server(_ word: String) throws -> ServerID {
        guard word.first == "s", let number = UInt64(word.dropFirst()),
            kept[ServerID(number)] != nil
        else { throw Misunderstanding(description: "no server '\(word)'") }
        return ServerID(number)
    }

    private func link(_ word: String) throws -> [ServerID] {
        try word.split(separator: ">").map { try server(String($0)) }
    }

    // MARK: Steps

    @discardableResult
    private mutating func step(_ id: ServerID, _ event: Event) -> [Effect] {
        guard var server = servers[id] else {
            lines.append("  \(id) is down")
            return []
        }
        var effects = server.step(event, using: &random)
        // What it keeps is safe at once.
        effects += server.step(
            .persisted(through: server.log.lastIndex, term: server.log.lastTerm), using: &random)
        servers[id] = server
        for effect in effects { carryOut(effect, of: id) }
        return effects
    }

    private mutating func carryOut(_ effect: Effect, of id: ServerID) {
        guard var (hard, log) = kept[id] else { return }
        switch effect {
        case .keep(let state):
            hard = state
            let vote = state.vote.map { ", vote \($0)" } ?? ""
            lines.append("  \(id) keeps term \(state.term)\(vote)")
        case .truncate(let index):
            log.removeEntries(from: index)
            lines.append("  \(id) removes entries from \(index) on")
        case .append(let entries):
            for entry in entries { log.append(entry) }
            lines.append("  \(id) keeps " + entries.map(Self.words(of:)).joined(separator: ", "))
        case .keepSnapshot(let snapshot, _):
            log.restore(snapshot)
            lines.append("  \(id) keeps a snapshot up to \(snapshot.index)")
        case .send(let message): network.append(message)
        case .apply(let entries):
            lines.append("  \(id) applies " + entries.map(Self.words(of:)).joined(separator: ", "))
        case .restore(let snapshot): lines.append("  \(id) restores \(snapshot.index)")
        case .proposed(_, let index, let term):
            lines.append("  \(id) has it at \(index) in term \(term)")
        case .refused(_, let why): lines.append("  \(id) refuses: \(Self.words(of: why))")
        case .readable(_, let index): lines.append("  \(id) can read as of \(index)")
        case .halt(let why): lines.append("  \(id) halts: \(why)")
        }
        kept[id] = (hard, log)
    }

    // MARK: Words

    private func state(of id: ServerID) -> String {
        guard let server = servers[id] else { return "\(id) is down" }
        let role =
            switch server.role {
            case .follower(let leader): "follows \(leader?.description ?? "nobody")"
            case .candidate(let candidacy): candidacy.isPre ? "asks around" : "stands"
            case .leader: "leads"
            }
        let head = server.log.snapshot.index > 0 ? ["[\(server.log.snapshot.index)]"] : []
        let log = (["log"] + head + server.log.entries.map { "\($0.term)" })
            .joined(separator: " ")
        return "\(id) \(role) in term \(server.hard.term), commit \(server.commit), \(log)"
    }

    private static func isSent(_ effect: Effect) -> Bool {
        if case .send = effect { true } else { false }
    }

    private static func words(of entry: Entry) -> String {
        let what =
            switch entry.payload {
            case .nothing: "nothing"
            case .command(let bytes): String(decoding: bytes, as: UTF8.self)
            case .membership(let members):
                (members.isJoint ? "\(members.outgoing.sorted()) and " : "")
                    + "\(members.voters.sorted())"
                    + (members.learners.isEmpty ? "" : " learners \(members.learners.sorted())")
            }
        return "\(entry.index)/\(entry.term) \(what)"
    }

    private static func words(of refusal: Refusal) -> String {
        switch refusal {
        case .notLeader(let hint): "not the leader" + (hint.map { ", \($0) is" } ?? "")
        case .busy: "busy"
        case .notCaughtUp(let servers): "not caught up: \(servers.sorted())"
        case .transferring: "handing over"
        }
    }

    private static func words(of message: Message) -> String {
        let what =
            switch message.body {
            case .requestVote(let request):
                (request.isPre ? "would you vote for me" : "vote for me")
                    + ", my log ends \(request.lastIndex)/\(request.lastTerm)"
            case .vote(let isPre, let isGranted):
                (isPre ? "I would" : "I do") + (isGranted ? "" : " not")
            case .append(let append):
                "behind \(append.previousIndex)/\(append.previousTerm): "
                    + (append.entries.isEmpty
                        ? "nothing" : append.entries.map(words(of:)).joined(separator: ", "))
                    + "; committed \(append.commit)"
            case .matched(let index, _): "I have all up to \(index)"
            case .mismatched(let mismatch, _):
                "I lack \(mismatch.previousIndex), "
                    + (mismatch.term.map { "have term \($0) there since" } ?? "my log ends before")
                    + " \(mismatch.first)"
            case .snapshotPart(let part):
                "snapshot up to \(part.head.index), bytes \(part.offset) to "
                    + "\(part.offset + part.bytes.count)"
            case .snapshotReceived(let index, let bytes): "\(bytes) bytes of snapshot \(index)"
            case .timeoutNow: "take over"
            case .readIndex: "up to where must I have applied?"
            case .readIndexIs(let index, _): index.map { "up to \($0)" } ?? "I cannot tell"
            }
        return "\(message.from) to \(message.to), term \(message.term): \(what)"
    }
}
