public import Clients
internal import Foundation
internal import Histories
public import Labs
internal import NIOCore
internal import NIOPosix
public import Plans
public import Topologies

/// Nodes that speak Maelstrom's protocol, unchanged: each behind a ``MaelstromBridge``.
public struct MaelstromSystem: System {
    /// The name that plans use.
    public static let name = "maelstrom"
    /// What it is.
    public static let summary = "nodes that speak Maelstrom's protocol (lin-kv), unchanged"
    /// lin-kv is a map of registers.
    public static let workloads: Set<String> = ["register"]
    /// Its keys.
    public static var options: [any PlanKey] {
        [command, environment, status, panic, electionTimeout, guilty, needs]
    }

    static let command = PlanOption<[String]>(
        list: "command", "How to start a node: a program and its arguments. Required.")
    static let environment = ExecSystem.Keys.environment
    static let status = PlanOption<Inquiry>(
        "status", forms: ["log"],
        "How it is known who leads: {log: REGEX} with groups for the role and the term; client "
            + "means that nobody knows, for lin-kv has no such question.")
    static let panic = PlanOption<[String]>(
        list: "panic", "A line of a node's log with one of these in it is a finding.")
    static let electionTimeout = ExecSystem.Keys.electionTimeout
    static let guilty = ExecSystem.Keys.guilty
    static let needs = ExecSystem.Keys.needs

    /// A key that no workload uses; a number, as all keys of lin-kv that nodes may expect.
    private static let probedKey = 999_999_999

    private let settings: PlanSettings
    private let topology: Topology
    private let words: CommandWords
    private let placeholders = Placeholders(each: [])
    private let mailbox = MaelstromMailbox()
    private let group: MultiThreadedEventLoopGroup
    private let probe: NodeLogs

    /// What a plan's settings make of it; refuses placeholders that stand for nothing.
    public static func character(
        of settings: PlanSettings, in plan: Plan
    ) throws(PlanError) -> SystemCharacter {
        guard !settings[command].isEmpty else {
            throw PlanError("system.command: is missing; write [program, argument, ...]")
        }
        for text in settings[command] {
            try Placeholders(each: []).check(text, at: "system.command")
        }
        return SystemCharacter(
            workloads: workloads, electionTimeout: settings[electionTimeout].duration,
            expectsViolation: settings[guilty])
    }

    /// The system as the plan declares it.
    ///
    /// - Throws: `PlanError` if the program is missing.
    public init(_ setup: SystemSetup) throws {
        settings = setup.settings
        topology = setup.topology
        words = CommandWords(
            planFolder: setup.planFolder, advice: settings[Self.needs])
        _ = try words.command(settings[Self.command], at: "system.command")
        probe = NodeLogs(
            folder: (setup.runFolder ?? NSTemporaryDirectory()) + "/nodes", processes: [])
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// The command, for nodes do not tell their versions.
    public func version() async throws -> String {
        "maelstrom (\(settings[Self.command].joined(separator: " ")))"
    }

    /// The bridge of a node, which starts the node.
    ///
    /// - Throws: `PlanError` if the program is missing by now.
    public func command(for node: Node, folder: String) throws -> NodeCommand {
        try FileManager.default.createDirectory(
            atPath: folder + "/data", withIntermediateDirectories: true)
        func filled(_ text: String) -> String {
            placeholders.fill(text, for: node, in: folder, of: topology)
        }
        let command = try words.command(settings[Self.command], at: "system.command")
        let base = "\(topology.gateway)".split(separator: ".").dropLast().joined(separator: ".")
        var bridge = NodeCommand(
            executable: Sandbox.executable,
            arguments: [
                "bridge", "--node", "\(node.name.number)", "--nodes", "\(topology.nodes.count)",
                "--network", base + ".0", "--", command.executable,
            ] + command.arguments.map(filled))
        for variable in settings[Self.environment] {
            bridge.environment[variable.key] = filled(variable.value.text ?? "")
        }
        return bridge
    }

    /// A client with a name of its own.
    public func client(of node: Node, for worker: Worker) -> any Client {
        MaelstromClient(mailbox: mailbox, node: node, process: worker.process, group: group)
    }

    /// What the node's log says, where the plan tells how to read it.
    public func status(of node: Node) async -> NodeStatus? {
        guard case .log(let pattern) = settings[Self.status].source else { return nil }
        return probe.status(of: node, by: pattern)
    }

    /// Whether a read of a missing key is answered.
    public func serves(_ node: Node) async -> Bool {
        let answer = try? await mailbox.ask(
            ["type": "read", "key": .int(Self.probedKey)],
            from: "c0", of: node, within: .seconds(1), on: group)
        guard let answer else { return false }
        return MaelstromClient.completion(of: answer, Invocation("read")).kind == .ok
    }

    /// What the plan says.
    public var panicPatterns: [String] { settings[Self.panic] }

    /// Closes the clients' port.
    ///
    /// - Throws: what the network library throws.
    public func close() async throws {
        await mailbox.close()
        try await group.shutdownGracefully()
    }
}
