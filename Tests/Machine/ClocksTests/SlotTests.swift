import Testing

@testable import Clocks

@Suite struct `How a clock runs` {
    private let second: UInt64 = 1_000_000_000

    @Test func `a true clock shows the truth, for centuries`() {
        for time in [0, 1, 1_794_000_000 * second + 7, UInt64(Int64.max)] {
            #expect(ClockSlot.identity.value(at: time) == time)
        }
    }

    @Test func `a step adds to what was shown, and steps add up`() {
        let now = 1_794_000_000 * second
        let forward = ClockSlot.identity.stepped(by: 90 * Int64(second), at: now)
        #expect(forward.value(at: now + 5) == now + 5 + 90 * second)
        let back = forward.stepped(by: -100 * Int64(second), at: now + second)
        #expect(back.value(at: now + 2 * second) == now - 8 * second)
    }

    @Test func `a clock does not go below zero`() {
        let slot = ClockSlot.identity.stepped(by: -10, at: 3)
        #expect(slot.value(at: 3) == 0)
        #expect(slot.value(at: 5) == 2)
    }

    @Test(arguments: [0.05, 0.5, 1, 3, 20])
    func `a change of rate is no step`(rate: Double) {
        let start = 5_000 * second
        let fixed = UInt64(rate * Double(ClockSlot.trueRate))
        let slot = ClockSlot.identity.running(at: fixed, from: start)
        #expect(slot.value(at: start) == start)
        let shown = Double(slot.value(at: start + 100 * second) - start)
        #expect(abs(shown - rate * 100 * Double(second)) < 100)
        let next = slot.running(at: ClockSlot.trueRate, from: start + 3 * second)
        #expect(next.base == slot.value(at: start + 3 * second))
    }

    @Test func `a monotonic clock that was slow catches up, one that was fast stays ahead`() {
        let start = 5_000 * second
        let slow = ClockSlot.identity.running(at: ClockSlot.trueRate / 20, from: start)
        #expect(slow.caughtUp(at: start + second).value(at: start + second) == start + second)
        let fast = ClockSlot.identity.running(at: ClockSlot.trueRate * 20, from: start)
        let healed = fast.caughtUp(at: start + second)
        #expect(healed.value(at: start + second) == start + 20 * second)
        #expect(healed.value(at: start + 2 * second) == start + 21 * second)
    }
}
