import Testing

@testable import Runner

@Suite struct `A node lags` {
    private var lag = Lag()

    /// Whether a node lags that answers in ten milliseconds.
    private mutating func lags(_ applied: UInt64, at time: Int) -> Bool {
        lag.note(
            applied, asked: .milliseconds(time), answered: .milliseconds(time + 10))
    }

    @Test mutating func `once it has not applied what another had half a second before`() {
        #expect(!lags(100, at: 0))
        #expect(!lags(90, at: 500))
        #expect(lags(90, at: 510))
        #expect(!lags(100, at: 520))
    }

    @Test mutating func `not for being a little behind others that go on`() {
        for time in stride(from: 0, to: 5_000, by: 50) {
            #expect(!lags(UInt64(time), at: time))
            #expect(!lags(UInt64(max(time - 400, 0)), at: time + 20))
        }
    }

    @Test mutating func `by what others had before it was asked, however late it answers`() {
        #expect(!lags(100, at: 0))
        let late = lag.note(50, asked: .milliseconds(400), answered: .seconds(3))
        #expect(!late)
        #expect(lags(50, at: 3_100))
    }

    @Test mutating func `not beside others that stand still with it`() {
        #expect(!lags(7, at: 0))
        #expect(!lags(7, at: 60_000))
    }

    @Test mutating func `until it has caught up with what was then, not with what is now`() {
        #expect(!lags(1_000, at: 0))
        #expect(lags(10, at: 1_000))
        #expect(!lags(2_000, at: 1_100))
        #expect(!lags(1_000, at: 1_200))
        #expect(lags(1_000, at: 1_700))
    }
}
