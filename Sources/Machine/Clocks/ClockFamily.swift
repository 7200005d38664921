internal import CClocks
internal import Glibc

/// Clocks that belong together: what moves one of them moves all.
public enum ClockFamily: Hashable, Sendable, CaseIterable {
    /// The time of day: CLOCK_REALTIME, its coarse form, CLOCK_TAI, gettimeofday and time.
    case wall
    /// The time since the start of the machine: CLOCK_MONOTONIC, its coarse and its raw form, and
    /// CLOCK_BOOTTIME.
    case monotonic

    var tracks: [Track] { Track.allCases.filter { $0.family == self } }

    /// The track that stands for the family in evidence: the clock that programs ask for.
    var reference: Track { self == .wall ? .realtime : .monotonic }
}

/// A clock of the kernel with a value of its own, and its place in the page of parameters.
enum Track: Int, CaseIterable {
    case realtime, tai, monotonic, raw, boot

    var family: ClockFamily {
        switch self {
        case .realtime, .tai: .wall
        case .monotonic, .raw, .boot: .monotonic
        }
    }

    /// The kernel's number of the clock.
    var clock: Int32 {
        switch self {
        case .realtime: CLOCK_REALTIME
        case .tai: CLOCK_TAI
        case .monotonic: CLOCK_MONOTONIC
        case .raw: CLOCK_MONOTONIC_RAW
        case .boot: CLOCK_BOOTTIME
        }
    }

    /// Other numbers for the same clock: coarse ones, and those that can wake a machine.
    var aliases: [Int32] {
        switch self {
        case .realtime: [CLOCK_REALTIME_COARSE, CLOCK_REALTIME_ALARM]
        case .monotonic: [CLOCK_MONOTONIC_COARSE]
        case .boot: [CLOCK_BOOTTIME_ALARM]
        case .tai, .raw: []
        }
    }

    /// The true time of the clock, in nanoseconds.
    var now: UInt64 { cclocks_kernel_time(clock) }
}
