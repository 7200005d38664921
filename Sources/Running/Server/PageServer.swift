internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import ServiceLifecycle
public import UnixSignals

/// Shows a results folder to browsers: pages, runs, ranges of histories and logs, and what goes on.
///
/// It reads only, and only beneath that folder. It answers those who ask for it by an address, or by
/// a name that it was told, so that no page from elsewhere reaches it under a name of its own.
public struct PageServer: Sendable {
    /// As many browsers at once; further ones wait.
    private static let mostConnections = 256
    /// A connection on which nobody asks anything for so long is closed.
    private static let idle = TimeAmount.seconds(60)
    /// Whoever still reads when the server ends has so long to get to the end.
    private static let farewell = Duration.seconds(2)

    private let results: String
    private let host: String
    private let port: Int
    private let names: [String]
    private let logger: Logger

    /// A server of a results folder; port 0 is any that is free.
    ///
    /// `names` are those by which browsers reach it, besides addresses, `localhost` and the host that
    /// it listens on.
    public init(results: String, host: String, port: Int, names: [String] = [], logger: Logger) {
        self.results = URL(filePath: results).path
        self.host = host
        self.port = port
        self.names = names
        self.logger = logger
    }

    /// Serves until the task is cancelled or the process gets one of these signals.
    ///
    /// - Throws: `ServerError` without such a folder, or where it cannot listen.
    public func run(
        until signals: [UnixSignal] = [],
        ready: @escaping @Sendable (_ port: Int) -> Void
    ) async throws {
        let folder: ServedFolder
        do {
            folder = try ServedFolder(results)
        } catch {
            throw ServerError.noFolder(results)
        }
        let pages = PageResponder(results: results, folder: folder, names: names + [host])
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            await pages.respond(to: request)
        }
        let connections = OpenConnections()
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [connections.handler()], idleTimeout: Self.idle)),
            configuration: .init(
                address: .hostname(host, port: port), serverName: "whitewater",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    Self.mostConnections, logger: logger)),
            onServerRunning: { channel in ready(channel.localAddress?.port ?? port) },
            logger: logger)
        do {
            try await run(application, until: signals, connections)
        } catch let error as IOError {
            throw ServerError.cannotListen(host: host, port: port, code: error.errnoCode)
        } catch let error as SocketAddressError {
            throw ServerError.noAddress(host, "\(error)")
        } catch let error as SocketAddressError.UnknownHost {
            throw ServerError.noAddress(host, "\(error)")
        }
    }

    /// Runs until told to end, then lets whoever still reads finish, but not for ever.
    private func run(
        _ application: some Service, until signals: [UnixSignal], _ connections: OpenConnections
    ) async throws {
        let (bell, rung) = AsyncStream<Void>.makeStream()
        // Services are told to end from the last to the first.
        let services = ServiceGroup(
            configuration: .init(
                services: [application, Bell(rung: rung)], gracefulShutdownSignals: signals,
                logger: logger))
        let closing = Task {
            for await _ in bell {
                // No guess at a condition: behind this deadline nobody is waited for.
                try await Task.sleep(for: Self.farewell)
                connections.close()
            }
        }
        defer { closing.cancel() }
        try await services.run()
    }
}

/// Says that the server has been told to end, before the server itself is told.
private struct Bell: Service {
    let rung: AsyncStream<Void>.Continuation

    func run() async throws {
        try await gracefulShutdown()
        rung.yield()
    }
}

/// Why there is nothing to serve, or nowhere.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is no folder that can be read.
    case noFolder(String)
    /// The system does not let it listen there.
    case cannotListen(host: String, port: Int, code: Int32)
    /// There is no such address.
    case noAddress(String, String)

    /// What to do.
    public var description: String {
        switch self {
        case .noFolder(let folder):
            "\(folder) is no folder that can be read; run a plan first, or name another folder"
        case .cannotListen(_, let port, EADDRINUSE):
            "port \(port) is taken, perhaps by another `whitewater serve`; choose another with "
                + "--port, or --port 0 for any that is free"
        case .cannotListen(let host, _, EADDRNOTAVAIL):
            "\(host) is no address of this machine; name one of its own with --host"
        case .cannotListen(_, let port, EACCES):
            "port \(port) is not for ordinary users; choose one above 1023 with --port"
        case .cannotListen(let host, let port, let code):
            "cannot listen on \(host), port \(port): \(String(cString: strerror(code)))"
        case .noAddress(let host, let why): "--host \(host) cannot be resolved: \(why)"
        }
    }
}
