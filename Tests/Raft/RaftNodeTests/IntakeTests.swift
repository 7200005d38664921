import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import RaftNode

/// What a connection may take of a node that gives nothing back.
@Suite struct `An intake` {
    private let channel = EmbeddedChannel()

    private func intake(_ purpose: Frame.Purpose, unfinished count: Int) throws -> Intake {
        let intake = Intake(channel, purpose)
        try channel.pipeline.syncOperations.addHandler(intake)
        if count > 0 { try channel.writeInbound(ByteBuffer(repeating: 0, count: count)) }
        return intake
    }

    private func complaint(_ intake: Intake, after time: TimeAmount) -> String? {
        intake.complaint(at: .now() + time, idle: .hours(1))
    }

    @Test func `a message that is begun and never finished ends the connection`() throws {
        let intake = try intake(.client, unfinished: 4_096)
        #expect(intake.unfinished == 4_096)
        #expect(complaint(intake, after: Intake.Limit.frame - .seconds(1)) == nil)
        #expect(
            complaint(intake, after: Intake.Limit.frame + .seconds(1))
                == "it has not finished a message for 30 s")
    }

    @Test func `a whole message leaves nothing unfinished`() throws {
        let bytes = Frame.prefaceBytes + Frame.headerBytes + 100
        let intake = try intake(.client, unfinished: bytes)
        intake.tookFrame(of: 100)
        #expect(intake.unfinished == 0)
        #expect(complaint(intake, after: Intake.Limit.frame + .seconds(1)) == nil)
    }

    @Test func `a client that does not take its replies is left after a while`() throws {
        let intake = try intake(.client, unfinished: 0)
        intake.isStalled = true
        #expect(complaint(intake, after: Intake.Limit.stall - .seconds(1)) == nil)
        #expect(
            complaint(intake, after: Intake.Limit.stall + .seconds(1))
                == "it does not take its replies")
        intake.isStalled = false
        #expect(complaint(intake, after: Intake.Limit.stall + .seconds(1)) == nil)
    }

    @Test func `a caller that never says who it is is no peer`() throws {
        let intake = try intake(.peer, unfinished: 0)
        #expect(complaint(intake, after: .seconds(4)) == nil)
        #expect(complaint(intake, after: .seconds(6)) == "it has not said who it is")
    }

    @Test(
        arguments: [
            ([], []), ([5, 5], []), ([8, 1, 2], [0]), ([4, 9, 4, 5], [1, 3]), ([11], [0]),
        ] as [([Int], [Int])])
    func `of all unfinished messages together the largest go first, and no more than must`(
        unfinished: [Int], gone: [Int]
    ) {
        #expect(Intake.excess(of: unfinished, over: 10).sorted() == gone)
    }

    @Test func `descriptors are left for the disk and for other servers`() {
        #expect(Connections.mostClients(asked: 1_000, descriptors: 20_000, peers: 28) == 1_000)
        #expect(Connections.mostClients(asked: 1_000, descriptors: 256, peers: 28) == 164)
        #expect(Connections.mostClients(asked: 1_000, descriptors: 32, peers: 28) == 1)
    }
}
