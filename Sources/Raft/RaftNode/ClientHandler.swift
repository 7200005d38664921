internal import Logging
internal import NIOCore
internal import Wire

/// One client's connection: requests in, replies out, in any order.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = [UInt8]

    private let node: Node
    private var context: ChannelHandlerContext?

    init(_ node: Node) { self.node = node }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { greet(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        greet(context)
        context.fireChannelActive()
    }

    private func greet(_ context: ChannelHandlerContext) {
        context.writeAndFlush(
            NIOAny(ByteBuffer(bytes: Frame.preface(.client))), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let content = unwrapInboundIn(data)
        do {
            node.receive(try Request(content[...]), from: self)
        } catch {
            // The number stands in front, so the client can tell which request it was.
            var reader = ByteReader(content)
            guard let number = try? reader.take(UInt64.self) else {
                errorCaught(context: context, error: error)
                return
            }
            reply(to: number, .refused(.malformed("\(error)")))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        node.log.info(
            "a client's connection is closed",
            metadata: [
                "client": "\(context.remoteAddress?.description ?? "unknown")", "why": "\(error)",
            ])
        context.close(promise: nil)
    }

    /// Answers a request, as far as the client is still there; it goes out at the end of the turn.
    func reply(to number: UInt64, _ body: Reply.Body) {
        guard let context else { return }
        context.write(
            NIOAny(ByteBuffer(bytes: Reply(number: number, body).frame)), promise: nil)
        node.needsFlush(context.channel)
    }
}
