internal import NIOCore
internal import NIOPosix
internal import Topologies

/// A socket over which messages go as datagrams: what is lost is lost.
struct MessagePort: Sendable {
    /// The port of every bridge, and of the clients.
    static let number = 7_400
    private static let bufferBytes = 4_194_304

    private let channel: any Channel
    private let handler: NIOLoopBound<Handler>

    /// Opens the port; each whole message that arrives is given to the closure, on the event loop.
    static func open(
        on group: MultiThreadedEventLoopGroup,
        receive: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> MessagePort {
        let channel = try await DatagramBootstrap(group: group)
            .channelOption(.socketOption(.so_rcvbuf), value: bufferBytes)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(receive: receive))
                }
            }
            .bind(host: "0.0.0.0", port: number).get()
        return try await channel.eventLoop.submit {
            MessagePort(
                channel: channel,
                handler: NIOLoopBound(
                    try channel.pipeline.syncOperations.handler(type: Handler.self),
                    eventLoop: channel.eventLoop))
        }.get()
    }

    /// Sends a message to an address, or loses it.
    func send(_ message: [UInt8], to address: String) {
        guard let place = try? SocketAddress(ipAddress: address, port: Self.number) else { return }
        channel.eventLoop.execute { [channel, handler] in
            handler.value.send(message, to: place, on: channel)
        }
    }

    /// Messages that were lost so far, as far as this side can know.
    func lost() async -> Int {
        (try? await channel.eventLoop.submit { [handler] in handler.value.lost }.get()) ?? 0
    }

    /// Closes the port.
    func close() async {
        // It may be closed already.
        try? await channel.close().get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        private let receive: @Sendable ([UInt8]) -> Void
        private var chunks = MessageChunks()
        // Another start of the same node must not continue the messages of the last.
        private var number = UInt64.random(in: 0...(.max / 2))
        private var unsent = 0

        init(receive: @escaping @Sendable ([UInt8]) -> Void) { self.receive = receive }

        var lost: Int { chunks.lost + unsent }

        func send(_ message: [UInt8], to address: SocketAddress, on channel: any Channel) {
            guard message.count <= MessageChunks.mostBytes, channel.isWritable else {
                unsent += 1
                return
            }
            number += 1
            for datagram in MessageChunks.datagrams(of: message, number: number) {
                channel.write(
                    AddressedEnvelope(
                        remoteAddress: address, data: ByteBuffer(bytes: datagram)),
                    promise: nil)
            }
            channel.flush()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            guard let source = envelope.remoteAddress.ipAddress.flatMap({ IPv4Address($0) }) else {
                return
            }
            let datagram = Array(envelope.data.readableBytesView)
            if let message = chunks.take(datagram, from: source.number) {
                receive(message)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            // The network is cut, or nobody listens: the message is lost, as in any network.
            unsent += 1
        }
    }
}
