internal import Foundation

/// One `whitewater test` that a campaign has started: a child process, its output in a file.
final class RunProcess: Sendable {
    private let process: Process

    /// Starts the program; the closure is called once with its exit status, 128 and the number of
    /// a signal if that ended it.
    ///
    /// - Throws: the error of the system, if it does not start.
    init(
        program: String, arguments: [String], environment: [String: String], output: String,
        ended: @escaping @Sendable (Int32) -> Void
    ) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        try Data().write(to: URL(filePath: output))
        let handle = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardOutput = handle
        process.standardError = handle
        process.terminationHandler = { process in
            let isExit = process.terminationReason == .exit
            ended(isExit ? process.terminationStatus : 128 + process.terminationStatus)
        }
        self.process = process
        try process.run()
        try handle.close()
    }

    /// The process's number while it runs.
    var number: Int32 { process.processIdentifier }

    /// Asks it to end in good order.
    func interrupt() { if process.isRunning { kill(process.processIdentifier, SIGINT) } }
}
