internal import Foundation
internal import Histories
public import Labs
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import SystemPackage
public import Topologies

/// Runs a node that speaks Maelstrom's protocol on its standard input and output, and carries its
/// messages as packets of the network that it stands in.
///
/// A process of its own in the node's place, in one process group with the node, so that both are
/// frozen and killed together.
public struct MaelstromBridge: Sendable {
    private static let initPatience = Duration.seconds(15)
    /// Maelstrom's own services, which do not exist here.
    private static let services: Set<String> = ["lin-kv", "seq-kv", "lww-kv", "lin-tso"]

    private let node: NodeName
    private let topology: Topology
    private let command: NodeCommand

    /// The bridge of a node.
    public init(node: NodeName, topology: Topology, command: NodeCommand) {
        self.node = node
        self.topology = topology
        self.command = command
    }

    /// Runs until the node ends.
    ///
    /// - Returns: how the node ended.
    /// - Throws: if the node or the network cannot be reached, or the node does not answer `init`.
    public func run() async throws -> ExitStatus {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let process = try await PipedProcess(
            command, errors: FileDescriptor.standardError.duplicate(), inGroupOfItsOwn: false)
        let (arrivals, arriving) = AsyncStream<[UInt8]>.makeStream()
        let pipes = try await Self.pipes(of: process, on: group) { arriving.yield($0) }
        let port = Mutex<MessagePort?>(nil)
        Self.write(message(ofInit: ()), to: pipes)
        let (ready, becomingReady) = AsyncStream<Void>.makeStream()
        let routing = Task {
            for await line in arrivals { route(line, port: port, pipes: pipes, becomingReady) }
        }
        let ending = Task {
            let status = try await process.status()
            becomingReady.finish()
            return status
        }
        let patience = Task {
            try await Task.sleep(for: Self.initPatience)
            becomingReady.finish()
        }
        var isReady = false
        for await _ in ready {
            isReady = true
            break
        }
        patience.cancel()
        guard isReady else {
            process.kill()
            throw ClientProgram.Failure.notStarted(
                "\(node) did not answer init with init_ok; its standard error is in stderr.log")
        }
        let open = try await MessagePort.open(on: group) { Self.write($0, to: pipes) }
        port.withLock { $0 = open }
        let reporting = Task { await Self.reportLosses(of: open) }
        let status = try await ending.value
        reporting.cancel()
        routing.cancel()
        return status
    }

    private func message(ofInit: Void) -> [UInt8] {
        var line: [UInt8] = []
        let names = topology.names.map { Value.string("\($0)") }
        line.append(
            json: .map([
                "id": 0, "src": "c0", "dest": .string("\(node)"),
                "body": .map([
                    "type": "init", "msg_id": 1, "node_id": .string("\(node)"),
                    "node_ids": .vector(names),
                ]),
            ]))
        return line
    }

    /// Sends what the node says to where it goes.
    private func route(
        _ line: [UInt8], port: borrowing Mutex<MessagePort?>, pipes: any Channel,
        _ becomingReady: AsyncStream<Void>.Continuation
    ) {
        guard let message = try? Value(json: line), let dest = message.member("dest")?.word,
            let body = message.member("body")
        else {
            Self.complain("not a message: \(String(decoding: line.prefix(300), as: UTF8.self))")
            return
        }
        if body.member("type")?.word == "init_ok" {
            becomingReady.yield()
        } else if Self.services.contains(dest) {
            Self.write(refusal(of: dest, body), to: pipes)
        } else if dest == "\(node)" {
            Self.write(line, to: pipes)
        } else if let other = topology.nodes.first(where: { "\($0.name)" == dest }) {
            port.withLock { $0 }?.send(line, to: "\(other.address)")
        } else {
            port.withLock { $0 }?.send(line, to: "\(topology.gateway)")
        }
    }

    private func refusal(of service: String, _ asked: Value) -> [UInt8] {
        let words =
            "\(service) is a service of Maelstrom's; a node under test here must keep its own state"
        Self.complain(words)
        var line: [UInt8] = []
        line.append(
            json: .map([
                "src": .string(service), "dest": .string("\(node)"),
                "body": .map([
                    "type": "error", "code": 10, "text": .string(words),
                    "in_reply_to": asked.member("msg_id") ?? .null,
                ]),
            ]))
        return line
    }

    // MARK: The node's standard input and output

    private final class LineForwarder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let forward: @Sendable ([UInt8]) -> Void

        init(_ forward: @escaping @Sendable ([UInt8]) -> Void) { self.forward = forward }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            forward(Array(unwrapInboundIn(data).readableBytesView))
        }
    }

    private static func pipes(
        of process: PipedProcess, on group: MultiThreadedEventLoopGroup,
        forward: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> any Channel {
        try await NIOPipeBootstrap(group: group)
            .channelOption(.writeBufferWaterMark, value: .init(low: 4_194_304, high: 16_777_216))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(LineDecoder()), LineForwarder(forward),
                    ])
                }
            }
            .takingOwnershipOfDescriptors(input: process.output, output: process.input).get()
    }

    /// Gives a line to the node, unless it has long stopped reading.
    private static func write(_ line: [UInt8], to pipes: any Channel) {
        guard pipes.isWritable else { return complain("the node does not read: a message is lost") }
        var buffer = pipes.allocator.buffer(capacity: line.count + 1)
        buffer.writeBytes(line)
        buffer.writeInteger(UInt8(ascii: "\n"))
        pipes.writeAndFlush(buffer, promise: nil)
    }

    // MARK: Reports

    /// Says how many messages were lost, whenever that has changed, once a second at most.
    private static func reportLosses(of port: MessagePort) async {
        var said = 0
        while !Task.isCancelled {
            let lost = await port.lost()
            if lost > said { complain("\(lost) messages lost so far") }
            said = lost
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private static func complain(_ words: String) {
        FileHandle.standardError.write(Data("bridge: \(words)\n".utf8))
    }
}
