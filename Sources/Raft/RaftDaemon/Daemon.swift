internal import ArgumentParser
internal import Dispatch
internal import Glibc
public import Logging
public import RaftNode
public import RaftStorage

/// Runs a server until SIGTERM or SIGINT, or until its disk fails.
public enum Daemon {
    /// Makes a node of its options and its folder.
    public typealias Making =
        @Sendable (NodeOptions, RealDisk, _ isJoining: Bool, Logger) async throws -> Node

    /// Runs the server that the arguments describe.
    ///
    /// - Throws: `ExitCode`, as `raftd run --help` lists them.
    public static func run(_ arguments: NodeArguments, _ make: Making) async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var log = Logger(label: "raftd")
        log.logLevel = arguments.logLevel.level
        do {
            let disk = try RealDisk(arguments.folder)
            let node = try await make(arguments.options, disk, arguments.join, log)
            let sources = [SIGTERM, SIGINT].map { stop(node, at: $0) }
            defer { for source in sources { source.cancel() } }
            try await node.start()
            try await node.run()
        } catch let error as StorageError {
            log.critical("\(error)")
            throw ExitCode(status(of: error))
        } catch {
            log.critical("\(error)")
            throw ExitCode(69)
        }
    }

    private static func stop(_ node: Node, at number: Int32) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { node.stop() }
        source.resume()
        return source
    }

    /// As sysexits.h has them: the data is wrong, or the disk.
    private static func status(of error: StorageError) -> Int32 {
        switch error {
        case .corrupt, .foreign, .inUse: 65
        case .full, .failed, .ended: 74
        }
    }
}
