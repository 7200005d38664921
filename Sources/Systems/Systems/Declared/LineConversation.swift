internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// A conversation with a program over its standard input and output: a line out, a line in.
struct LineConversation: Sendable {
    /// Why a line was not answered.
    enum Failure: Error, Hashable {
        /// The time is over.
        case timedOut
        /// The program has closed its output, or its input.
        case ended
        /// The program said something that nobody had asked for, before this line was sent.
        case unasked(String)
        /// A line is too long to be read.
        case tooLong
    }

    /// No line is longer.
    static let mostBytes = 16_777_216

    private let channel: any Channel
    private let handler: NIOLoopBound<Handler>

    /// Takes over both descriptors, also where it fails.
    static func open(
        input: CInt, output: CInt, on group: MultiThreadedEventLoopGroup
    ) async throws -> LineConversation {
        // The handler is not looked up later: a program that has ended by then has taken the channel's
        // handlers with it.
        do {
            return try await NIOPipeBootstrap(group: group)
                .takingOwnershipOfDescriptors(input: output, output: input) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = Handler()
                        try channel.pipeline.syncOperations.addHandlers([
                            ByteToMessageHandler(LineDecoder()), handler,
                        ])
                        return LineConversation(
                            channel: channel,
                            handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
                    }
                }
        } catch {
            for descriptor in [input, output] {
                try FileDescriptor(rawValue: descriptor).close()
            }
            throw error
        }
    }

    /// Sends a line and waits for the next one.
    ///
    /// - Throws: ``Failure``; the conversation is of no use after one.
    func ask(_ line: [UInt8], within time: Duration) async throws(Failure) -> [UInt8] {
        do {
            return try await channel.eventLoop.flatSubmit { [channel, handler] in
                handler.value.ask(line, on: channel, within: TimeAmount(time))
            }.get()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .ended
        }
    }

    /// Ends the conversation: the program sees the end of its input.
    func close() async {
        // It may have ended already.
        try? await channel.close().get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var asked: EventLoopPromise<[UInt8]>?
        private var deadline: Scheduled<Void>?
        private var unasked: String?
        private var hasEnded = false

        func ask(
            _ line: [UInt8], on channel: any Channel, within time: TimeAmount
        ) -> EventLoopFuture<[UInt8]> {
            let loop = channel.eventLoop
            if let unasked { return loop.makeFailedFuture(Failure.unasked(unasked)) }
            guard !hasEnded, channel.isActive else {
                return loop.makeFailedFuture(Failure.ended)
            }
            let promise = loop.makePromise(of: [UInt8].self)
            asked = promise
            deadline = loop.assumeIsolated().scheduleTask(in: time) {
                self.finish(.failure(.timedOut))
            }
            var buffer = channel.allocator.buffer(capacity: line.count + 1)
            buffer.writeBytes(line)
            buffer.writeInteger(UInt8(ascii: "\n"))
            channel.writeAndFlush(buffer, promise: nil)
            return promise.futureResult
        }

        private func finish(_ result: Result<[UInt8], Failure>) {
            deadline?.cancel()
            deadline = nil
            let promise = asked
            asked = nil
            switch result {
            case .success(let line): promise?.succeed(line)
            case .failure(let failure): promise?.fail(failure)
            }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let line = Array(unwrapInboundIn(data).readableBytesView)
            guard asked != nil else {
                unasked = unasked ?? String(decoding: line.prefix(300), as: UTF8.self)
                return
            }
            finish(.success(line))
        }

        func channelInactive(context: ChannelHandlerContext) {
            hasEnded = true
            finish(.failure(.ended))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            hasEnded = true
            finish(.failure(error as? Failure ?? .ended))
            context.close(promise: nil)
        }
    }
}

/// Cuts a stream into lines, without their ends.
struct LineDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(
        context: ChannelHandlerContext, buffer: inout ByteBuffer
    ) throws -> DecodingState {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count <= LineConversation.mostBytes else {
                throw LineConversation.Failure.tooLong
            }
            return .needMoreData
        }
        guard let line = buffer.readSlice(length: end - view.startIndex) else {
            return .needMoreData
        }
        buffer.moveReaderIndex(forwardBy: 1)
        context.fireChannelRead(wrapInboundOut(line))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        let state = try decode(context: context, buffer: &buffer)
        // What has no end of line is no line.
        if case .needMoreData = state { buffer.clear() }
        return state
    }
}
