internal import Logging
internal import NIOCore
internal import Raft
internal import Wire

/// What another server sends here; answers go out on the connection to it, never on this one.
final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = [UInt8]

    private let node: Node
    private let intake: Intake
    private var sender: ServerID?

    init(_ node: Node, _ intake: Intake) {
        self.node = node
        self.intake = intake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let content = unwrapInboundIn(data)
        intake.tookFrame(of: content.count)
        do {
            let frame = try PeerFrame(content[...])
            switch (frame, sender) {
            case (.hello(let server, let life, let cluster), nil):
                guard cluster == node.options.cluster, node.options.servers[server] != nil,
                    server != node.options.id
                else {
                    throw WireError.stranger("\(server) of cluster \(cluster) is not let in")
                }
                guard node.recognises(server, life: life) else {
                    throw WireError.stranger(
                        "\(server) has another folder than before, so it has forgotten what it "
                            + "promised; let it in under a number that was never used")
                }
                sender = server
                node.greeted(by: server, on: context.channel)
            case (.message(let message), let sender?):
                guard message.from == sender else {
                    throw WireError.stranger("\(sender) sent a message as \(message.from)")
                }
                try node.examine(message)
                node.receive(message)
            case (.forward(let number, let command), let sender?):
                node.receive(command, number, forwardedBy: sender)
            case (.forwarded(let reply), _?): node.receive(reply)
            case (_, nil), (.hello, _?):
                throw WireError.stranger("the first frame, and no other, says who calls")
            }
        } catch {
            errorCaught(context: context, error: error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        node.log.warning(
            "a server's connection is closed",
            metadata: [
                "server": "\(sender?.description ?? "unknown")", "why": "\(error)",
                "address": "\(context.remoteAddress?.description ?? "unknown")",
            ])
        context.close(promise: nil)
    }
}
