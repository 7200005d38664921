import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import Systems

@Suite struct `A conversation in lines` {
    @Test func `with a program that has ended already has ended, however soon that is seen`()
        async throws
    {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        for _ in 1...300 {
            var (toProgram, fromProgram): ([CInt], [CInt]) = ([0, 0], [0, 0])
            try #require(pipe(&toProgram) == 0 && pipe(&fromProgram) == 0)
            close(toProgram[0])
            close(fromProgram[1])
            let conversation = try await LineConversation.open(
                input: toProgram[1], output: fromProgram[0], on: group)
            await #expect(throws: LineConversation.Failure.ended) {
                try await conversation.ask(Array("{}".utf8), within: .seconds(5))
            }
            await conversation.close()
        }
        try await group.shutdownGracefully()
    }
}
