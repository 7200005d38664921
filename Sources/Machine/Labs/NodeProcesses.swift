internal import Foundation
public import Topologies

/// How to start one process of a node.
public struct ProcessStart: Sendable {
    /// Which one, where the node has several.
    public let name: ProcessName?
    /// The program.
    public let command: NodeCommand
    /// Whether it is as far as the next ones need it; nil if they need not wait.
    public let isReady: (@Sendable () async -> Bool)?

    /// A start.
    public init(
        _ command: NodeCommand, name: ProcessName? = nil,
        isReady: (@Sendable () async -> Bool)? = nil
    ) {
        self.command = command
        self.name = name
        self.isReady = isReady
    }
}

/// The processes of one node, most often a single one: started in an order, struck together or one
/// of them by name.
///
/// A process for which the next ones have to wait is waited for in the background, so that a node
/// whose processes need those of other nodes does not keep these from being started.
public actor NodeProcesses {
    /// Between two looks at whether a process is ready.
    private static let interval = Duration.milliseconds(50)

    /// The node.
    public nonisolated let node: NodeName
    /// One for each name, in the order of the starts.
    private let processes: [NodeProcess]
    /// What is not started yet, for an earlier one is not ready.
    private var pending: [ProcessStart] = []
    private var awaited: (@Sendable () async -> Bool)?
    /// Starts that come from before a kill are void.
    private var round = 0
    private var isFrozen = false
    private var launch: Task<Void, any Error>?
    private var release: (@Sendable (Int32) async throws -> Void)?

    /// Why a process that had to wait for another could not be started.
    public private(set) var failure: (any Error)?

    /// A node's processes, whose output goes to files in a folder that exists; a node without names
    /// of processes has one.
    ///
    /// - Throws: `LabError.missingProgram` without iproute2.
    public init(node: NodeName, names: [ProcessName] = [], folder: String) throws {
        self.node = node
        processes =
            names.isEmpty
            ? [try NodeProcess(node: node, folder: folder)]
            : try names.map { try NodeProcess(node: node, name: $0, folder: folder) }
    }

    /// The names of the files that output goes to, errors first: two for each name, or two in all
    /// where there is none.
    public static func logs(of names: [ProcessName]) -> [String] {
        let all: [ProcessName?] = names.isEmpty ? [nil] : names
        return all.flatMap { name in
            let logs = NodeProcess.logs(of: name)
            return [logs.errors, logs.output]
        }
    }

    // MARK: Starting

    /// Starts whatever does not run; returns when the first of them has been started, and goes on
    /// with those that have to wait.
    ///
    /// - Parameters:
    ///   - starts: a start for each process, in order.
    ///   - release: if given, each process stops itself before it runs its program, and this lets
    ///     it go on.
    /// - Throws: `LabError.notStarted`; what `release` throws, when the process has been killed.
    public func start(
        _ starts: [ProcessStart], release: (@Sendable (Int32) async throws -> Void)? = nil
    ) async throws {
        var down: [ProcessStart] = []
        for start in starts where await isDown(start.name) { down.append(start) }
        guard !down.isEmpty else {
            throw LabError.notStarted(node: node, why: "it is running already")
        }
        round += 1
        isFrozen = false
        pending = down
        self.release = release
        try await startThoseThatNeedNotWait(round)
        guard !pending.isEmpty else { return }
        Task { [round] in await startTheRest(round) }
    }

    private func startThoseThatNeedNotWait(_ round: Int) async throws {
        while round == self.round, let next = pending.first {
            guard let process = process(named: next.name) else {
                preconditionFailure("a start for each process that the node has")
            }
            let launch = Task { [release] in
                try await process.start(next.command, release: release)
            }
            self.launch = launch
            do {
                try await launch.value
            } catch {
                pending = []
                throw error
            }
            guard round == self.round, !pending.isEmpty else { return }
            pending.removeFirst()
            awaited = next.isReady
            if awaited != nil { return }
        }
    }

    private func startTheRest(_ round: Int) async {
        while round == self.round, !pending.isEmpty {
            if !isFrozen, await awaited?() ?? true, !isFrozen, round == self.round {
                do {
                    try await startThoseThatNeedNotWait(round)
                } catch {
                    if round == self.round { failure = error }
                }
            } else {
                // Nothing tells that a process has become ready but asking it again.
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func isDown(_ name: ProcessName?) async -> Bool {
        await process(named: name)?.state == .down
    }

    private func process(named name: ProcessName?) -> NodeProcess? {
        processes.first { $0.name == name }
    }

    /// All processes, or the one of that name.
    private func processes(_ name: ProcessName?) -> [NodeProcess] {
        name.map { name in processes.filter { $0.name == name } } ?? processes
    }

    // MARK: What they are doing

    /// What the node is doing: frozen if any of its processes is, down if any that has been started
    /// is, running else, under the number of the first.
    public var state: NodeProcess.State { get async { await state(of: nil) } }

    /// What all processes do, or the one of that name.
    public func state(of name: ProcessName?) async -> NodeProcess.State {
        let waiting = pending.map(\.name)
        var first: NodeProcess.State?
        var isDown = false
        for process in processes(name) {
            switch await process.state {
            case .paused(let number): return .paused(process: number)
            case .down: isDown = isDown || !waiting.contains(process.name)
            case .up(let number): first = first ?? .up(process: number)
            }
        }
        return isDown ? .down : first ?? .down
    }

    /// Processes that are not the one of that name and do not run, though they were started.
    public func idle(besides name: ProcessName) async -> [ProcessName] {
        var idle: [ProcessName] = []
        for process in processes {
            guard let other = process.name, other != name else { continue }
            if await process.kernelState != .alive { idle.append(other) }
        }
        return idle
    }

    /// What the kernel says of all processes, or of the one of that name.
    public func kernelStates(of name: ProcessName? = nil) async -> [ProcessState] {
        var states: [ProcessState] = []
        for process in processes(name) { states.append(await process.kernelState) }
        return states
    }

    /// Ends that nobody asked for, in order.
    public var unaskedExits: [NodeProcess.UnaskedExit] {
        get async {
            var exits: [NodeProcess.UnaskedExit] = []
            for process in processes { exits += await process.unaskedExits }
            return exits.sorted { $0.instant < $1.instant }
        }
    }

    // MARK: Signals

    /// Kills all that runs, or the process of that name, and waits for its end.
    ///
    /// The closure is called between the two, for what would hold a process that is about to die.
    ///
    /// - Returns: how each ended.
    /// - Throws: `LabError.notRunning` if there is nothing to kill; what the closure throws.
    @discardableResult
    public func kill(
        _ name: ProcessName? = nil, signalled: @Sendable () async throws -> Void = {}
    ) async throws -> [ExitStatus] {
        await haltStarts()
        var endings: [Task<ExitStatus, any Error>] = []
        for process in processes(name) where await process.state != .down {
            endings.append(try await process.sendKill())
        }
        guard !endings.isEmpty else { throw LabError.notRunning(node: node, action: "kill") }
        try await signalled()
        var statuses: [ExitStatus] = []
        for ending in endings { statuses.append(try await ending.value) }
        return statuses
    }

    /// Nothing more is started; what is being started has been.
    private func haltStarts() async {
        round += 1
        pending = []
        // Whoever started it has the error.
        _ = try? await launch?.value
    }

    /// Freezes all that runs, or the process of that name, and waits until the kernel says so.
    ///
    /// - Throws: `LabError` if nothing runs or something does not stop within a second.
    public func pause(_ name: ProcessName? = nil) async throws {
        isFrozen = true
        _ = try? await launch?.value
        var running: [NodeProcess] = []
        for process in processes(name) {
            if case .up = await process.state { running.append(process) }
        }
        guard !running.isEmpty else { throw LabError.notRunning(node: node, action: "pause") }
        try await withThrowingTaskGroup { group in
            for process in running { group.addTask { try await process.pause() } }
            try await group.waitForAll()
        }
    }

    /// Lets all that is frozen go on.
    ///
    /// - Throws: `LabError.notRunning` if nothing is.
    public func resume() async throws {
        isFrozen = false
        var frozen: [NodeProcess] = []
        for process in processes {
            if case .paused = await process.state { frozen.append(process) }
        }
        guard !frozen.isEmpty else { throw LabError.notRunning(node: node, action: "resume") }
        for process in frozen { try await process.resume() }
    }

    /// Sends SIGURG to every thread, as ``NodeProcess/nudge()`` does.
    public func nudge() async { for process in processes { await process.nudge() } }

    /// Ends all at the end of a run: politely, then by force.
    public func stop() async {
        await haltStarts()
        await withTaskGroup { group in
            for process in processes { group.addTask { await process.stop() } }
        }
    }
}
