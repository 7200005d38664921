internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Raft
internal import RaftStorage
internal import Wire
internal import WireNIO

/// The way to another server: one connection, made again whenever it is lost.
///
/// What cannot be sent at once is dropped; Raft sends again what matters.
final class PeerLink {
    /// `TCP_USER_TIMEOUT`, of linux/tcp.h: data that is not acknowledged for so many milliseconds
    /// ends the connection, so that a healed network is not left to TCP's growing pauses.
    private static let userTimeout = ChannelOptions.Types.SocketOption(
        level: .tcp, name: .init(rawValue: 18))
    /// Before another try; twice as long each time that the other side ends the connection within a
    /// second, for it does not want this server then.
    private static let pauses = (
        shortest: TimeAmount.milliseconds(50), longest: TimeAmount.seconds(5)
    )
    private static let mostBuffered = 32 << 20

    private let peer: ServerID
    private let address: NodeOptions.Address
    private let node: Node
    private var channel: (any Channel)?
    private var isClosed = false
    private var pause = PeerLink.pauses.shortest

    init(to peer: ServerID, at address: NodeOptions.Address, of node: Node) {
        self.peer = peer
        self.address = address
        self.node = node
    }

    func connect() {
        guard !isClosed else { return }
        let patience = max(node.options.electionTimeout, .milliseconds(200))
        let milliseconds = Int(patience / .milliseconds(1))
        let loop = node.loop
        ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Int64(milliseconds)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(Self.userTimeout, value: SocketOptionValue(2 * milliseconds))
            .channelOption(
                .writeBufferWaterMark, value: .init(low: 1 << 20, high: Self.mostBuffered)
            )
            .channelInitializer { [security = node.options.security] channel in
                channel.eventLoop.makeCompletedFuture { try security?.secureClient(channel) }
            }
            .connect(host: address.host, port: address.port)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let channel): self.begin(channel)
                case .failure: self.retry()
                }
            }
    }

    private func begin(_ channel: any Channel) {
        guard !isClosed else {
            channel.close(promise: nil)
            return
        }
        self.channel = channel
        channel.write(ByteBuffer(bytes: Frame.preface(.peer)), promise: nil)
        let hello = PeerFrame.hello(
            node.options.id, life: node.storage.life, cluster: node.options.cluster)
        channel.writeAndFlush(ByteBuffer(bytes: hello.frame), promise: nil)
        node.log.debug("connected", metadata: ["server": "\(peer)"])
        let began = NIODeadline.now()
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.channel = nil
            let isRefused = NIODeadline.now() - began < .seconds(1)
            self.pause = isRefused ? min(2 * self.pause, Self.pauses.longest) : Self.pauses.shortest
            self.node.log.debug("disconnected", metadata: ["server": "\(self.peer)"])
            self.retry()
        }
    }

    private func retry() {
        guard !isClosed else { return }
        node.loop.assumeIsolated().scheduleTask(in: pause) { self.connect() }
    }

    /// Sends a frame, at the end of the turn; drops it if there is no connection, or too much on
    /// the way already.
    func send(_ frame: PeerFrame) {
        guard let channel, channel.isWritable else { return }
        channel.write(ByteBuffer(bytes: frame.frame), promise: nil)
        node.needsFlush(channel)
    }

    /// Sends what has been written.
    func flush() { channel?.flush() }

    func close() {
        isClosed = true
        channel?.close(promise: nil)
    }
}
