/// How a clock runs from an instant on: from `base`, at `rate`.
///
/// All times are nanoseconds, as the kernel's clocks count them.
struct ClockSlot: Hashable, Sendable {
    /// The rate of a true clock; rates are multiples of 2^-32.
    static let trueRate: UInt64 = 1 << 32
    /// A clock that runs true from the beginning.
    static let identity = ClockSlot(start: 0, base: 0, rate: trueRate)

    /// The true time from which on the slot holds.
    var start: UInt64
    /// What the clock shows then.
    var base: UInt64
    /// How fast it runs.
    var rate: UInt64

    /// What the clock shows at a true time that is not before the start.
    func value(at time: UInt64) -> UInt64 {
        let since = time > start ? time - start : 0
        let product = since.multipliedFullWidth(by: rate)
        return base &+ (product.high << 32 | product.low >> 32)
    }

    /// The same clock, stepped at a later instant.
    func stepped(by offset: Int64, at time: UInt64) -> ClockSlot {
        let value = value(at: time)
        let (base, overflow) = value.addingReportingOverflow(UInt64(bitPattern: offset))
        // A clock does not go below zero, which a step of decades could ask for.
        let isBelowZero = offset < 0 && !overflow
        return ClockSlot(start: time, base: isBelowZero ? 0 : base, rate: rate)
    }

    /// The same clock, running at another rate from a later instant on, without a step.
    func running(at rate: UInt64, from time: UInt64) -> ClockSlot {
        ClockSlot(start: time, base: value(at: time), rate: rate)
    }

    /// A clock that shows the truth from a later instant on.
    func corrected(at time: UInt64) -> ClockSlot {
        ClockSlot(start: time, base: time, rate: Self.trueRate)
    }

    /// A clock that runs true from a later instant on and never goes back: one that is behind
    /// catches up, one that is ahead stays so.
    func caughtUp(at time: UInt64) -> ClockSlot {
        ClockSlot(start: time, base: max(time, value(at: time)), rate: Self.trueRate)
    }
}
