public import NIOCore
internal import NIOPosix
public import Wire

/// A client's connection to one server: any number of requests on the way, none ever repeated.
public final class Connection: Sendable {
    /// Why there is no reply.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// Nothing was sent: the server could not be reached.
        case unreachable(String)
        /// The time is over; the request may be carried out all the same, or still will be.
        case timedOut
        /// The connection ended before the reply.
        case lost(String)

        /// What happened.
        public var description: String {
            switch self {
            case .unreachable(let why): "no connection: \(why)"
            case .timedOut: "no reply in time"
            case .lost(let why): "the connection was lost: \(why)"
            }
        }
    }

    private let channel: any Channel
    private let replies: NIOLoopBound<ReplyHandler>

    private init(_ channel: any Channel, _ replies: NIOLoopBound<ReplyHandler>) {
        self.channel = channel
        self.replies = replies
    }

    /// Whether requests can be sent.
    public var isOpen: Bool { channel.isActive }

    /// Connects, with certificates where the servers want them.
    ///
    /// - Throws: ``Failure/unreachable(_:)``.
    public static func open(
        host: String, port: Int, on group: any EventLoopGroup, timeout: Duration,
        security: TransportSecurity? = nil
    ) async throws(Failure) -> Connection {
        do {
            let bootstrap = ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(timeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try security?.secureClient(channel)
                        try channel.pipeline.syncOperations.addHandlers([
                            ByteToMessageHandler(FrameDecoder(.client)), ReplyHandler(),
                        ])
                    }
                }
            let channel = try await bootstrap.connect(host: host, port: port).get()
            let replies = try await channel.eventLoop.submit {
                NIOLoopBound(
                    try channel.pipeline.syncOperations.handler(type: ReplyHandler.self),
                    eventLoop: channel.eventLoop)
            }.get()
            channel.writeAndFlush(ByteBuffer(bytes: Frame.preface(.client)), promise: nil)
            return Connection(channel, replies)
        } catch {
            throw .unreachable("\(error)")
        }
    }

    /// Sends a request and waits for its reply.
    ///
    /// - Throws: ``Failure/timedOut`` or ``Failure/lost(_:)``; nobody knows then what became of it.
    public func send(
        _ body: Request.Body, timeout: Duration
    ) async throws(Failure) -> Reply.Body {
        let (channel, replies) = (channel, replies)
        do {
            return try await channel.eventLoop.flatSubmit {
                replies.value.send(body, on: channel, timeout: TimeAmount(timeout))
            }.get()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .lost("\(error)")
        }
    }

    /// Ends the connection.
    public func close() async {
        // One that has ended already is closed as well.
        try? await channel.close().get()
    }
}

/// Brings replies to those that wait for them.
private final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = [UInt8]

    private var waiting: [UInt64: EventLoopPromise<Reply.Body>] = [:]
    private var timers: [UInt64: Scheduled<Void>] = [:]
    private var last: UInt64 = 0
    private var failure = Connection.Failure.lost("closed by the other side")

    func send(
        _ body: Request.Body, on channel: any Channel, timeout: TimeAmount
    ) -> EventLoopFuture<Reply.Body> {
        guard channel.isActive else { return channel.eventLoop.makeFailedFuture(failure) }
        last += 1
        let number = last
        let promise = channel.eventLoop.makePromise(of: Reply.Body.self)
        waiting[number] = promise
        timers[number] = channel.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.finish(number, .failure(Connection.Failure.timedOut))
        }
        let frame = Request(number: number, body).frame
        channel.writeAndFlush(ByteBuffer(bytes: frame), promise: nil)
        return promise.futureResult
    }

    private func finish(_ number: UInt64, _ result: Result<Reply.Body, any Error>) {
        timers.removeValue(forKey: number)?.cancel()
        waiting.removeValue(forKey: number)?.completeWith(result)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            let reply = try Reply(unwrapInboundIn(data)[...])
            finish(reply.number, .success(reply.body))
        } catch {
            errorCaught(context: context, error: error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = .lost("\(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        for number in waiting.keys.sorted() { finish(number, .failure(failure)) }
        context.fireChannelInactive()
    }
}
