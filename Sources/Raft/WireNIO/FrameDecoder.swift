public import NIOCore
public import Wire

/// Cuts a stream into messages, after the preface.
public struct FrameDecoder: ByteToMessageDecoder {
    /// A message.
    public typealias InboundOut = [UInt8]

    private let purpose: Frame.Purpose
    private let mostBytes: Int
    private var hasPreface = false

    /// A decoder of a new connection, on which no message is longer than so many bytes.
    public init(_ purpose: Frame.Purpose, atMost mostBytes: Int = Frame.mostBytes) {
        self.purpose = purpose
        self.mostBytes = mostBytes
    }

    /// Takes one message, if it is there.
    public mutating func decode(
        context: ChannelHandlerContext, buffer: inout ByteBuffer
    ) throws -> DecodingState {
        if !hasPreface {
            guard let bytes = buffer.readBytes(length: Frame.prefaceBytes) else {
                return .needMoreData
            }
            try Frame.check(preface: bytes[...], for: purpose)
            hasPreface = true
        }
        guard
            let length = buffer.getInteger(
                at: buffer.readerIndex, endianness: .little, as: UInt32.self)
        else { return .needMoreData }
        guard length <= mostBytes else {
            throw WireError.tooLong(Int(length), most: mostBytes)
        }
        guard buffer.readableBytes >= Frame.headerBytes + Int(length) else { return .needMoreData }
        guard
            let sum = buffer.getInteger(
                at: buffer.readerIndex + 4, endianness: .little, as: UInt32.self)
        else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: Frame.headerBytes)
        guard let content = buffer.readBytes(length: Int(length)) else { return .needMoreData }
        guard Frame.checksum(content[...]) == sum else { throw WireError.damaged }
        context.fireChannelRead(wrapInboundOut(content))
        return .continue
    }

    /// Takes what is left at the end.
    public mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        // Half a message at the end was never a message.
        try decode(context: context, buffer: &buffer)
    }
}
