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
        @Sendable (NodeOptions, any Disk, _ isJoining: Bool, Logger) async throws -> Node

    /// Runs the server that the arguments describe.
    ///
    /// - Throws: `ExitCode`, as `raftd run --help` lists them.
    public static func run(_ arguments: NodeArguments, _ make: Making) async throws {
        LoggingSystem.bootstrap(LineLogHandler.init(label:))
        raiseDescriptorLimit()
        var log = Logger(label: "raftd")
        log.logLevel = arguments.logLevel.level
        do {
            let disk = try RealDisk(arguments.folder)
            let slow = arguments.slowDisk.map { SlowDisk(disk, delay: $0.duration) }
            if slow != nil { log.warning("each sync of the disk is made to take longer") }
            let node = try await make(
                try arguments.options(), slow ?? disk, arguments.join, log)
            let sources = [SIGTERM, SIGINT].map { stop(node, at: $0) }
            defer { for source in sources { source.cancel() } }
            try await node.start()
            try await node.run()
        } catch let error as StorageError {
            log.critical("\(error)")
            throw ExitCode(status(of: error))
        } catch let error as BrokenPromise {
            log.critical("\(error)")
            throw ExitCode(70)
        } catch {
            log.critical("\(error)")
            throw ExitCode(69)
        }
    }

    /// As many descriptors as the system lets this process have.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where that is refused, fewer clients are let in.
        _ = setrlimit(files, &limit)
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
