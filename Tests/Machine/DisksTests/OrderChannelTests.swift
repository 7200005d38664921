import Foundation
import Testing

@testable import Disks

/// Orders to a disk's process.
@Suite struct `A channel of orders` {
    @Test func `whose other end is gone says that the process has ended, whoever notices it`()
        async throws
    {
        let (channel, theirs) = try OrderChannel.pair(disk: "n3")
        close(theirs)
        let ended = { (error: any Error) in "\(error)".contains("its process has ended") }
        await #expect("an order") {
            try await channel.ask(.tell, within: .seconds(5))
        } throws: {
            ended($0)
        }
        await #expect("an answer that is awaited") {
            try await channel.answer(within: .seconds(5))
        } throws: {
            ended($0)
        }
    }
}
