internal import CLinux
internal import Foundation
internal import Labs
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// A process whose standard input and output are pipes of this one.
struct PipedProcess: Sendable {
    /// Where its standard input is written.
    let input: CInt
    /// Where its standard output is read.
    let output: CInt
    private let number: pid_t
    private let isGroupLeader: Bool
    private let end: EndOfProcess

    /// Starts a program; its standard error goes to the descriptor, which is closed here.
    ///
    /// - Throws: an error of the machine, or of the library, if it does not start.
    init(
        _ command: NodeCommand, errors: FileDescriptor, inGroupOfItsOwn isGroupLeader: Bool
    ) async throws {
        let toProgram = try Self.pipe()
        let fromProgram = try Self.pipe()
        let (started, starting) = AsyncStream<pid_t>.makeStream()
        var options = PlatformOptions()
        if isGroupLeader { options.processGroupID = 0 }
        let environment = Dictionary(
            uniqueKeysWithValues: command.environment.compactMap { key, value in
                Environment.Key(rawValue: key).map { ($0, String?.some(value)) }
            })
        let ending = Task { [options] in
            defer { starting.finish() }
            let result = try await Subprocess.run(
                .path(FilePath(command.executable)), arguments: Arguments(command.arguments),
                environment: .inherit.updating(environment), platformOptions: options,
                input: .fileDescriptor(toProgram.read, closeAfterSpawningProcess: true),
                output: .fileDescriptor(fromProgram.write, closeAfterSpawningProcess: true),
                error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
            ) { execution in
                starting.yield(execution.processIdentifier.value)
            }
            return switch result.terminationStatus {
            case .exited(let status): ExitStatus.exited(status)
            case .signaled(let signal): ExitStatus.signaled(signal)
            }
        }
        var number: pid_t?
        for await process in started {
            number = process
            break
        }
        guard let number else {
            try? toProgram.write.close()
            try? fromProgram.read.close()
            let status = try await ending.value
            throw ClientProgram.Failure.notStarted("\(status)")
        }
        self.number = number
        self.isGroupLeader = isGroupLeader
        end = EndOfProcess(ending)
        input = toProgram.write.rawValue
        output = fromProgram.read.rawValue
    }

    /// Kills it, with whatever it has started if it has a group of its own; nothing if it has
    /// ended.
    func kill() {
        // A number that has been waited for may be another's by now.
        if !end.isKnown { Foundation.kill(isGroupLeader ? -number : number, SIGKILL) }
    }

    /// Waits for its end.
    ///
    /// - Throws: what the library throws.
    func status() async throws -> ExitStatus { try await end.task.value }

    private static func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
        var ends: [CInt] = [0, 0]
        let code = clinux_make_pipe(&ends)
        guard code == 0 else { throw Errno(rawValue: code) }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }
}

/// Whether a process has been waited for, after which its number may be another's.
private final class EndOfProcess: Sendable {
    let task: Task<ExitStatus, any Error>
    private let known = Mutex(false)

    init(_ ending: Task<ExitStatus, any Error>) {
        task = ending
        Task {
            _ = try? await ending.value
            known.withLock { $0 = true }
        }
    }

    var isKnown: Bool { known.withLock { $0 } }
}
