internal import NIOCore
internal import Wire

/// What one connection brings in: how much of an unfinished frame there is, and since when nothing
/// has come; the node looks at all of them once a second.
final class Intake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What connections may take.
    enum Limit {
        /// Bytes of unfinished frames, of all connections together.
        static let unfinished = 256 << 20
        /// Until a frame that has begun must have come.
        static let frame = TimeAmount.seconds(30)
        /// Until a client must take what it asked for.
        static let stall = TimeAmount.seconds(30)
        /// Until whoever calls must have said who it is.
        static let greeting = TimeAmount.seconds(5)
    }

    let channel: any Channel
    let purpose: Frame.Purpose
    /// Bytes that are no whole frame yet.
    private(set) var unfinished = 0
    /// Whether requests are unanswered: the other side may rightly be silent.
    var isWaitedFor = false
    /// Whether the other side does not take its replies.
    var isStalled = false { didSet { if isStalled != oldValue { stalledSince = .now() } } }

    private var hasGreeted = false
    private let began = NIODeadline.now()
    private var lastBytes = NIODeadline.now()
    private var frameBegan = NIODeadline.now()
    private var stalledSince = NIODeadline.now()

    init(_ channel: any Channel, _ purpose: Frame.Purpose) {
        self.channel = channel
        self.purpose = purpose
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        lastBytes = .now()
        if unfinished == 0 { frameBegan = lastBytes }
        unfinished += count
        context.fireChannelRead(data)
    }

    /// A whole frame has been taken out of what came in.
    func tookFrame(of bytes: Int) {
        if !hasGreeted { unfinished -= Frame.prefaceBytes }
        hasGreeted = true
        unfinished -= Frame.headerBytes + bytes
        frameBegan = .now()
    }

    /// Which connections must go for the rest to have no more unfinished bytes than that: the largest
    /// first; by their places.
    static func excess(of unfinished: [Int], over limit: Int) -> [Int] {
        var rest = unfinished.reduce(0, +)
        return unfinished.indices.sorted { unfinished[$0] > unfinished[$1] }.prefix { place in
            defer { rest -= unfinished[place] }
            return rest > limit
        }
    }

    /// Why the connection is to end now; nil if it may go on.
    func complaint(at now: NIODeadline, idle: TimeAmount) -> String? {
        if isStalled {
            return now - stalledSince > Limit.stall ? "it does not take its replies" : nil
        }
        if isWaitedFor { return nil }
        if unfinished > (hasGreeted ? 0 : Frame.prefaceBytes), now - frameBegan > Limit.frame {
            return "it has not finished a message for \(Limit.frame.nanoseconds / 1_000_000_000) s"
        }
        switch purpose {
        case .peer:
            return !hasGreeted && now - began > Limit.greeting ? "it has not said who it is" : nil
        case .client: return now - lastBytes > idle ? "it has been idle for too long" : nil
        }
    }
}
