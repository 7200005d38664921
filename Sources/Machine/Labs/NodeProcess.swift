internal import CLinux
internal import Foundation
internal import Subprocess
internal import SystemPackage
public import Topologies

/// How to start the program of a node.
public struct NodeCommand: Hashable, Sendable {
    /// The program's path.
    public var executable: String
    /// Its arguments.
    public var arguments: [String]
    /// Variables that it gets beside the harness's own.
    public var environment: [String: String]

    /// A command line.
    public init(executable: String, arguments: [String], environment: [String: String] = [:]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }
}

/// How a process ended.
public enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    /// By itself, with this status.
    case exited(Int32)
    /// By this signal.
    case signaled(Int32)

    /// `exit status 1` or `signal 9`.
    public var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}

/// One process of a node: started inside the node's namespace, signalled, watched, ended.
///
/// It leads a process group of its own, so that what it starts is frozen and killed with it.
/// Signals go only to a process that this actor started and that has not been waited for yet.
public actor NodeProcess {
    /// What the process is doing, as far as its harness wants.
    public enum State: Hashable, Sendable {
        /// It has not been started, or has ended.
        case down
        /// It is running under this number.
        case up(process: Int32)
        /// It is frozen.
        case paused(process: Int32)
    }

    /// An end that nobody asked for.
    public struct UnaskedExit: Hashable, Sendable {
        /// Which node.
        public let node: NodeName
        /// Which of its processes, where it has several.
        public let process: ProcessName?
        /// How it ended.
        public let status: ExitStatus
        /// When.
        public let instant: ContinuousClock.Instant
    }

    /// The node.
    public nonisolated let node: NodeName
    /// Which of its processes, where it has several.
    public nonisolated let name: ProcessName?
    private let folder: String
    private let ip: Program
    private var execution:
        Subprocess.Execution<NoInput, FileDescriptorOutput, FileDescriptorOutput>?
    private var ending: Task<ExitStatus, any Error>?
    private var isKillExpected = false

    /// What the process is doing.
    public private(set) var state = State.down
    /// Ends that nobody asked for, in order.
    public private(set) var unaskedExits: [UnaskedExit] = []

    /// A process whose output goes to ``logs(of:)`` in a folder that exists.
    ///
    /// - Throws: `LabError.missingProgram` without iproute2.
    public init(node: NodeName, name: ProcessName? = nil, folder: String) throws {
        self.node = node
        self.name = name
        self.folder = folder
        ip = try Program("ip", package: "iproute2")
    }

    /// The files that its output goes to: `stderr.log` and `stdout.log`, with the process's name
    /// before them where a node has several.
    public static func logs(of process: ProcessName?) -> (errors: String, output: String) {
        let prefix = process.map { "\($0)." } ?? ""
        return (prefix + "stderr.log", prefix + "stdout.log")
    }

    /// Starts the program; returns when it has been started, not when it serves.
    ///
    /// - Parameters:
    ///   - command: the program.
    ///   - release: if given, the process stops itself before it runs the program, and this lets
    ///     it go on.
    /// - Throws: `LabError.notStarted`; what `release` throws, when the process has been killed.
    public func start(
        _ command: NodeCommand, release: (@Sendable (Int32) async throws -> Void)? = nil
    ) async throws {
        guard case .down = state else {
            throw LabError.notStarted(node: node, why: "it is running already")
        }
        isKillExpected = false
        let (started, starting) = AsyncStream<Started>.makeStream()
        let logs = Self.logs(of: name)
        let output = try log(logs.output)
        let errors = try log(logs.errors)
        let (node, ip) = (node, ip)
        let isHeld = release != nil
        ending = Task {
            defer { starting.finish() }
            return try await Self.run(
                command, isHeld: isHeld, node: node, ip: ip, output: output, errors: errors
            ) { starting.yield($0) }
        }
        for await execution in started {
            self.execution = execution.value
            state = .up(process: execution.value.processIdentifier.value)
            watch(execution.value.processIdentifier.value)
            do {
                try await release?(execution.value.processIdentifier.value)
            } catch {
                _ = try? await kill()
                throw error
            }
            return
        }
        do {
            let status = try await ending?.value
            throw LabError.notStarted(node: node, why: "\(status.map { "\($0)" } ?? "unknown")")
        } catch let error as SubprocessError {
            throw LabError.notStarted(node: node, why: "\(error)")
        }
    }

    private struct Started: Sendable {
        let value: Subprocess.Execution<NoInput, FileDescriptorOutput, FileDescriptorOutput>
    }

    private static func run(
        _ command: NodeCommand, isHeld: Bool, node: NodeName, ip: Program, output: FileDescriptor,
        errors: FileDescriptor, started: @Sendable (Started) -> Void
    ) async throws -> ExitStatus {
        var options = PlatformOptions()
        options.processGroupID = 0
        let environment = Dictionary(
            uniqueKeysWithValues: command.environment.map { key, value in
                (Environment.Key(rawValue: key) ?? "WHITEWATER", String?.some(value))
            })
        let words = [ip.path, "netns", "exec", "\(node)", command.executable] + command.arguments
        let held = ["/bin/sh", "-c", "kill -STOP $$; exec \"$0\" \"$@\""]
        let all = isHeld ? held + words : words
        let result = try await Subprocess.run(
            .path(FilePath(all[0])), arguments: Arguments(Array(all.dropFirst())),
            environment: .inherit.updating(environment), platformOptions: options, input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
        ) { execution in
            started(Started(value: execution))
        }
        return switch result.terminationStatus {
        case .exited(let status): .exited(status)
        case .signaled(let signal): .signaled(signal)
        }
    }

    private func log(_ name: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(folder).appending(name), .writeOnly, options: [.create, .append],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
    }

    /// Waits for the end of the process that has just been started.
    private func watch(_ process: Int32) {
        guard let ending else { return }
        Task {
            let status = try? await ending.value
            ended(process, status)
        }
    }

    /// Notes the end of a process once, and not that of an earlier one than the present.
    private func ended(_ process: Int32, _ status: ExitStatus?) {
        guard execution?.processIdentifier.value == process else { return }
        execution = nil
        state = .down
        guard !isKillExpected, let status else { return }
        unaskedExits.append(
            UnaskedExit(node: node, process: name, status: status, instant: .now))
    }

    // MARK: Signals

    /// Kills the process with its group and waits for its end.
    ///
    /// - Returns: how it ended.
    /// - Throws: `LabError.notRunning` if there is none.
    @discardableResult
    public func kill() async throws -> ExitStatus { try await sendKill().value }

    /// Kills the process with its group, whose end is waited for by the result.
    ///
    /// - Throws: `LabError.notRunning` if there is none.
    func sendKill() throws -> Task<ExitStatus, any Error> {
        guard let execution, let ending else {
            throw LabError.notRunning(node: node, action: "kill")
        }
        isKillExpected = true
        try execution.send(signal: .kill, toProcessGroup: true)
        return Task {
            let status = try await ending.value
            ended(execution.processIdentifier.value, status)
            return status
        }
    }

    /// Freezes the process with its group and waits until the kernel says so.
    ///
    /// - Throws: `LabError` if it is not running or does not stop within a second.
    public func pause() async throws {
        guard let execution, case .up(let process) = state else {
            throw LabError.notRunning(node: node, action: "pause")
        }
        try execution.send(signal: .suspend, toProcessGroup: true)
        state = .paused(process: process)
        let deadline = ContinuousClock.now + .seconds(1)
        while ProcessState(of: process) != .stopped {
            guard ContinuousClock.now < deadline else {
                throw LabError.timedOut(
                    what: "\(node) did not stop", after: .seconds(1),
                    advice: "is the machine overloaded?")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Lets a frozen process go on.
    ///
    /// - Throws: `LabError.notRunning` if it is not frozen.
    public func resume() throws {
        guard let execution, case .paused(let process) = state else {
            throw LabError.notRunning(node: node, action: "resume")
        }
        try execution.send(signal: .resume, toProcessGroup: true)
        state = .up(process: process)
    }

    /// Sends SIGURG to every thread of the process.
    ///
    /// Whoever sleeps in the kernel wakes, looks at its clock, and sleeps on; by default that signal
    /// does nothing else.
    public func nudge() {
        guard let execution, case .up(let process) = state else { return }
        let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
        for thread in (threads ?? []).compactMap({ Int32($0) }) {
            clinux_signal_thread(execution.processIdentifier.value, thread, SIGURG)
        }
    }

    /// What the kernel says of the process.
    public var kernelState: ProcessState {
        switch state {
        case .down: .absent
        case .up(let process), .paused(let process): ProcessState(of: process)
        }
    }

    /// Ends the process at the end of a run: politely, then by force.
    public func stop() async {
        guard let execution, let ending else { return }
        isKillExpected = true
        if case .paused = state { try? resume() }
        try? execution.send(signal: .terminate, toProcessGroup: true)
        let force = Task {
            try await Task.sleep(for: .seconds(3))
            try execution.send(signal: .kill, toProcessGroup: true)
        }
        let status = try? await ending.value
        force.cancel()
        ended(execution.processIdentifier.value, status)
    }
}
