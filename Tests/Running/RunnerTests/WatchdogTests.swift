import Testing

@testable import Runner

@Suite struct `A watchdog` {
    @Test func `counts a phase anew when it changes, and never for less than it lasted`() {
        var timer = PhaseTimer()
        let start = ContinuousClock.now
        #expect(timer.step(.settingUp, at: start) == .zero)
        #expect(timer.step(.settingUp, at: start + .seconds(4)) == .seconds(4))
        #expect(timer.step(.load, at: start + .seconds(5)) == .zero)
        #expect(timer.step(.load, at: start + .seconds(65)) == .seconds(60))
    }

    @Test(.timeLimit(.minutes(1)))
    func `barks once at a phase that takes too long, and says which`() async {
        let (barks, continuation) = AsyncStream<(Tally.Phase, Duration)>.makeStream()
        let watchdog = Watchdog(
            of: { .finalReads }, allowing: { $0 == .finalReads ? .zero : nil })
        watchdog.begin { phase, limit in
            continuation.yield((phase, limit))
            continuation.finish()
        }
        var heard: [Tally.Phase] = []
        for await (phase, limit) in barks {
            heard.append(phase)
            #expect(limit == .zero)
        }
        #expect(heard == [.finalReads])
    }
}
