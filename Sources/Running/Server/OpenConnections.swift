internal import Glibc
internal import NIOCore
internal import Synchronization

/// The connections that are open, so that a server that ends waits for nobody for long.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// What notes one connection; each needs its own.
    func handler() -> any RemovableChannelHandler { ConnectionNote(self) }

    /// Closes all that are still there, whatever they are in the middle of.
    func close() {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.close(promise: nil)
        }
    }

    fileprivate func add(_ channel: any Channel) {
        channels.withLock { $0[ObjectIdentifier(channel)] = channel }
    }

    fileprivate func remove(_ channel: any Channel) {
        channels.withLock { $0[ObjectIdentifier(channel)] = nil }
    }
}

/// Notes one connection, and lets the kernel end it when its reader takes nothing for too long:
/// a response waits for its reader, and would hold its file open for ever.
private final class ConnectionNote: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    /// How long bytes may lie untaken, in milliseconds (TCP_USER_TIMEOUT, tcp(7)).
    private static let patience = 60_000

    private let connections: OpenConnections

    init(_ connections: OpenConnections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        connections.add(context.channel)
        // A connection that is gone already has no options: nothing is lost.
        context.channel.setOption(
            ChannelOptions.tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))),
            value: .init(Self.patience)
        ).whenFailure { _ in }
    }

    func handlerRemoved(context: ChannelHandlerContext) { connections.remove(context.channel) }
}
