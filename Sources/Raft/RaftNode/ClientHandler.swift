internal import DequeModule
internal import Logging
internal import NIOCore
internal import Wire

/// One client's connection: requests in, replies out, in any order.
///
/// Back-pressure goes both ways: while so many requests are unanswered, or replies pile up that the
/// client does not take, nothing more is read, and what has been read already waits here. So no
/// client costs more than ``mostUnanswered`` replies and what one read of a socket brings.
final class ClientHandler: ChannelDuplexHandler {
    typealias InboundIn = [UInt8]
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// More requests of one connection are not worked on at a time.
    static let mostUnanswered = 64
    /// Replies that wait for the client: above this nothing more is read, until they are below.
    static let replies = ChannelOptions.Types.WriteBufferWaterMark(low: 1 << 18, high: 1 << 20)

    private let node: Node
    private let intake: Intake
    private var context: ChannelHandlerContext?
    private var held = Deque<[UInt8]>()
    private var unanswered = 0
    private var isTaking = false
    private var wantsToRead = false

    init(_ node: Node, _ intake: Intake) {
        self.node = node
        self.intake = intake
    }

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

    // MARK: Requests

    private var mayTake: Bool {
        unanswered < Self.mostUnanswered && context?.channel.isWritable ?? false
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let content = unwrapInboundIn(data)
        intake.tookFrame(of: content.count)
        held.append(content)
        takeHeld()
    }

    func read(context: ChannelHandlerContext) {
        if held.isEmpty, mayTake { context.read() } else { wantsToRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        intake.isStalled = !context.channel.isWritable
        takeHeld()
        context.fireChannelWritabilityChanged()
    }

    /// Takes what waits, as far as it may; an answer that comes at once does not begin again.
    private func takeHeld() {
        guard !isTaking else { return }
        isTaking = true
        while mayTake, let content = held.popFirst() { take(content) }
        isTaking = false
        guard wantsToRead, held.isEmpty, mayTake else { return }
        wantsToRead = false
        context?.read()
    }

    private func take(_ content: [UInt8]) {
        do {
            let request = try Request(content[...])
            unanswered += 1
            intake.isWaitedFor = true
            node.receive(request, from: self)
        } catch {
            // The number stands in front, so the client can tell which request it was.
            var reader = ByteReader(content)
            guard let number = try? reader.take(UInt64.self) else {
                if let context { errorCaught(context: context, error: error) }
                return
            }
            unanswered += 1
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

    // MARK: Replies

    /// Answers a request, as far as the client is still there; it goes out at the end of the turn.
    func reply(to number: UInt64, _ body: Reply.Body) {
        unanswered -= 1
        intake.isWaitedFor = unanswered > 0
        guard let context else { return }
        context.write(
            NIOAny(ByteBuffer(bytes: Reply(number: number, body).frame)), promise: nil)
        node.needsFlush(context.channel)
        takeHeld()
    }
}
