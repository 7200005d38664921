public import Clients
internal import Foundation
public import Labs
internal import NIOCore
internal import NIOPosix
public import Plans
public import Topologies

/// Any system at all, declared in the plan: how to start a node, and a program that is its client.
///
/// The page `Exec` of this module's documentation describes the keys and the client's protocol.
public struct ExecSystem: System {
    /// The name that plans use.
    public static let name = "exec"
    /// What it is.
    public static let summary = "any system, declared in the plan, with a program as its client"
    /// Those that the plan says.
    public static let workloads: Set<String> = []
    /// Its keys.
    public static var options: [any PlanKey] {
        [
            Keys.start, Keys.join, Keys.each, Keys.files, Keys.environment, Keys.client,
            Keys.workloads, Keys.options, Keys.status, Keys.ready, Keys.panic, Keys.version,
            Keys.electionTimeout, Keys.guilty, Keys.needs, Keys.once, Keys.processes,
        ]
    }

    /// The keys of the section, by what they are for.
    enum Keys {
        static let start = PlanOption<[String]>(
            list: "start",
            "How to start a node: a program and its arguments. Required, or processes.")
        static let processes = PlanOption<[DeclaredProcess]>(
            processes: "processes",
            "Where a node is several processes: how to start each, by its name, in order.")
        static let join = PlanOption<[String]>(
            list: "join", "More arguments, for all nodes but the first.")
        static let each = PlanOption<[PlanTree.Entry]>(
            map: "each", "More placeholders: one piece for each node, joined by commas.")
        static let files = PlanOption<[PlanTree.Entry]>(
            map: "files", "Files that are written before a node starts, with what is in them.")
        static let environment = PlanOption<[PlanTree.Entry]>(
            map: "environment", "Variables of the nodes' environment.")
        static let client = PlanOption<[String]>(
            list: "client", "How to start a client: a program and its arguments. Required.")
        static let workloads = PlanOption<[String]>(
            list: "workloads", "The workloads that the client can perform; register if not given.")
        static let options = PlanOption<[PlanTree.Entry]>(
            map: "options", "Given to the client as they are.")
        static let status = PlanOption<Inquiry>(
            "status", forms: ["log", "http"], "How it is known who leads, and in which term.")
        static let ready = PlanOption<Inquiry>(
            "ready", forms: ["tcp", "http", "log"], "How it is known that a node serves.")
        static let panic = PlanOption<[String]>(
            list: "panic", "A line of a node's log with one of these in it is a finding.")
        static let version = PlanOption<[String]>(
            list: "version", "A program that prints the version, and its arguments.")
        static let electionTimeout = PlanOption(
            "election-timeout", default: PlanDuration(.seconds(1)),
            "What the system really uses: faults that are to cause an election last longer.")
        static let once = PlanOption<[String]>(
            list: "once", "Run once, after the first start of all nodes, until it exits with 0.")
        static let needs = PlanOption<String?>(
            "needs", "How to get the programs, said where one is missing.")
        static let guilty = PlanOption(
            "guilty", default: false,
            "Whether a violation is expected: the options ask for stale reads, say.")
    }

    private let settings: PlanSettings
    private let topology: Topology
    private let words: CommandWords
    private let placeholders: Placeholders
    private let group: MultiThreadedEventLoopGroup
    private let clients: ClientPrograms
    private let probe: NodeProbe
    private let runFolder: String

    /// What a plan's settings make of it; refuses placeholders that stand for nothing.
    public static func character(
        of settings: PlanSettings, in plan: Plan
    ) throws(PlanError) -> SystemCharacter {
        let processes = settings[Keys.processes]
        for key in processes.isEmpty ? [Keys.start, Keys.client] : [Keys.client]
        where settings[key].isEmpty {
            throw PlanError("system.\(key.name): is missing; write [program, argument, ...]")
        }
        for key in [Keys.start, Keys.join] where !processes.isEmpty && !settings[key].isEmpty {
            throw PlanError("system.\(key.name): belongs to one of the processes; write it there")
        }
        let placeholders = Placeholders(settings)
        for process in processes { try placeholders.check(process) }
        try placeholders.checkPieces()
        for key in [Keys.start, Keys.join, Keys.once] {
            for text in settings[key] { try placeholders.check(text, at: "system.\(key.name)") }
        }
        for key in [Keys.files, Keys.environment] {
            for entry in settings[key] {
                for text in [entry.key, entry.value.text ?? ""] {
                    try placeholders.check(text, at: "system.\(key.name)")
                }
            }
        }
        for key in [Keys.status, Keys.ready] {
            if case .http(let url) = settings[key].source {
                try placeholders.check(url, at: "system.\(key.name)")
            }
        }
        let offered = settings[Keys.workloads]
        var character = SystemCharacter(
            workloads: Set(offered.isEmpty ? ["register"] : offered),
            electionTimeout: settings[Keys.electionTimeout].duration,
            expectsViolation: settings[Keys.guilty])
        character.processes = processes.map(\.name)
        return character
    }

    /// The system as the plan declares it.
    ///
    /// - Throws: `PlanError` if a program is missing.
    public init(_ setup: SystemSetup) throws {
        settings = setup.settings
        topology = setup.topology
        runFolder = setup.runFolder ?? NSTemporaryDirectory()
        words = CommandWords(
            planFolder: setup.planFolder, advice: settings[Keys.needs])
        placeholders = Placeholders(settings)
        for process in settings[Keys.processes] {
            _ = try words.command(
                process.start, at: "system.processes: \(process.name): start")
        }
        if settings[Keys.processes].isEmpty {
            _ = try words.command(settings[Keys.start], at: "system.start")
        }
        if !settings[Keys.once].isEmpty {
            _ = try words.command(settings[Keys.once], at: "system.once")
        }
        let client = try words.command(settings[Keys.client], at: "system.client")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        self.group = group
        clients = ClientPrograms(
            client, setup: setup, options: settings[Keys.options], on: group)
        probe = NodeProbe(
            clients, setup: setup, status: settings[Keys.status], ready: settings[Keys.ready],
            placeholders: placeholders, processes: settings[Keys.processes].map(\.name), on: group)
    }

    /// The first line that the plan's program for it prints.
    ///
    /// - Throws: `PlanError` if it does not run.
    public func version() async throws -> String {
        let written = settings[Keys.version]
        guard !written.isEmpty else {
            let programs =
                settings[Keys.start].prefix(1)
                + settings[Keys.processes].compactMap(\.start.first)
            return "exec (\(programs.joined(separator: ", ")))"
        }
        let command = try words.command(written, at: "system.version")
        let output: String
        do {
            output = try await Program(path: command.executable).run(command.arguments)
        } catch {
            throw PlanError("system.version: \(error)\(words.advice.map { "; \($0)" } ?? "")")
        }
        return output.split(separator: "\n").first.map(String.init) ?? "unknown"
    }

    /// A node, with its files written.
    ///
    /// - Throws: an error of Foundation if a file cannot be written.
    public func command(for node: Node, folder: String) throws -> NodeCommand {
        try writeFiles(for: node, folder: folder)
        return try command(
            settings[Keys.start], join: settings[Keys.join], at: "system.start", for: node, folder)
    }

    /// A node's processes, or the only one, with its files written.
    ///
    /// - Throws: an error of Foundation if a file cannot be written.
    public func processes(for node: Node, folder: String) throws -> [ProcessStart] {
        let processes = settings[Keys.processes]
        guard !processes.isEmpty else {
            return [ProcessStart(try command(for: node, folder: folder))]
        }
        try writeFiles(for: node, folder: folder)
        return try processes.map { process in
            let command = try command(
                process.start, join: process.join,
                at: "system.processes: \(process.name): start",
                environment: process.environment, for: node, folder)
            guard let ready = process.ready else {
                return ProcessStart(command, name: process.name)
            }
            return ProcessStart(command, name: process.name) { [probe] in
                await probe.answers(node, as: ready, process.name)
            }
        }
    }

    private func writeFiles(for node: Node, folder: String) throws {
        func filled(_ text: String) -> String {
            placeholders.fill(text, for: node, in: folder, of: topology)
        }
        try FileManager.default.createDirectory(
            atPath: folder + "/data", withIntermediateDirectories: true)
        for file in settings[Keys.files] {
            let path = URL(filePath: filled(file.key))
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try filled(file.value.text ?? "").write(to: path, atomically: true, encoding: .utf8)
        }
    }

    private func command(
        _ start: [String], join: [String], at key: String, environment: [PlanTree.Entry] = [],
        for node: Node, _ folder: String
    ) throws -> NodeCommand {
        func filled(_ text: String) -> String {
            placeholders.fill(text, for: node, in: folder, of: topology)
        }
        let isFirst = node == topology.nodes.first
        var command = try words.command(start + (isFirst ? [] : join), at: key)
        command.arguments = command.arguments.map(filled)
        for variable in settings[Keys.environment] + environment {
            command.environment[variable.key] = filled(variable.value.text ?? "")
        }
        return command
    }

    /// Runs the plan's one-time step, in the words of the first node, until it succeeds: a node may
    /// not listen yet.
    ///
    /// - Throws: `PlanError` with what it said last, if it does not succeed in time.
    public func prepare(within time: Duration) async throws {
        guard !settings[Keys.once].isEmpty else { return }
        let (first, folder) = (topology.nodes[0], runFolder + "/nodes/\(topology.nodes[0].name)")
        let command = try words.command(settings[Keys.once], at: "system.once")
        let arguments = command.arguments.map {
            placeholders.fill($0, for: first, in: folder, of: topology)
        }
        let deadline = ContinuousClock.now + time
        while true {
            do {
                try await Program(path: command.executable).run(arguments)
                return
            } catch {
                guard ContinuousClock.now < deadline else {
                    throw PlanError("system.once: did not succeed within \(time): \(error)")
                }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// The worker's program, for a process.
    public func client(of node: Node, for worker: Worker) -> any Client {
        clients.client(of: node, for: worker)
    }

    /// What the node says, in the way that the plan tells.
    public func status(of node: Node) async -> NodeStatus? { await probe.status(of: node) }

    /// Whether the node serves, in the way that the plan tells, and all of its processes with it.
    public func serves(_ node: Node) async -> Bool {
        for process in settings[Keys.processes] {
            guard let ready = process.ready else { continue }
            guard await probe.answers(node, as: ready, process.name) else { return false }
        }
        return await probe.serves(node)
    }

    /// Why the node, or one of its processes, was not ready when it was last asked.
    public func refusal(of node: Node) -> String? { probe.refusal(of: node) }

    /// What the plan says.
    public var panicPatterns: [String] { settings[Keys.panic] }

    /// Ends all programs.
    ///
    /// - Throws: what the network library throws.
    public func close() async throws {
        await clients.end()
        try await probe.close()
        try await group.shutdownGracefully()
    }
}

extension Placeholders {
    fileprivate init(_ settings: PlanSettings) {
        self.init(
            each: settings[ExecSystem.Keys.each].map { ($0.key, $0.value.text ?? "") })
    }
}
