internal import CClocks
internal import Glibc
internal import Synchronization

/// The clocks of one node: true until they are moved, and the same for all its processes.
///
/// The parameters lie in a page of memory that the node's processes map when they start
/// (``ClockTracer``). To move a clock is to store into that page: no process is stopped for it.
/// What a node asks of its clocks is counted in the same page.
///
/// Only clocks that are read are moved. To sleep is a matter of the kernel, which keeps to true
/// time: a program that computes a deadline from its clock and hands it to the kernel as an
/// absolute time waits too long with a clock that is ahead.
public final class NodeClock: Sendable {
    /// How far ahead of the present a change begins, so that every thread that asks later finds
    /// it already published: a change that began at once would let time run backward between two
    /// threads.
    static let lead: UInt64 = 200_000

    private struct State: Sendable {
        var moved: Set<ClockFamily> = []
        var slots = [ClockSlot](repeating: .identity, count: Track.allCases.count)
        var lateChanges = 0
    }

    private let descriptor: Int32
    /// A pointer, kept as a number because pointers are not sendable; mapped as long as this lives.
    private let page: UInt
    private let state = Mutex(State())

    /// Clocks that show the truth.
    public init() throws(ClockError) {
        guard cclocks_code() != nil else { throw .unsupportedProcessor }
        var page: UnsafeMutablePointer<cclocks_page>?
        let descriptor = cclocks_make_file(&page)
        guard descriptor >= 0, let page else {
            throw .systemCall(
                "memfd_create", code: -descriptor, advice: "is there memory and a free descriptor?")
        }
        self.descriptor = descriptor
        self.page = UInt(bitPattern: page)
        withUnsafeMutableBytes(of: &page.pointee.track_of) { trackOf in
            for track in Track.allCases {
                for clock in [track.clock] + track.aliases {
                    trackOf[Int(clock)] = UInt8(track.rawValue)
                }
            }
        }
    }

    deinit {
        munmap(pointer, Int(CCLOCKS_PAGE))
        close(descriptor)
    }

    /// Where other processes of the same PID namespace find the code and the parameters.
    public var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    var pointer: UnsafeMutablePointer<cclocks_page> {
        guard let pointer = UnsafeMutablePointer<cclocks_page>(bitPattern: page) else {
            preconditionFailure("the number was made of a pointer")
        }
        return pointer
    }

    /// Changes that were published after they had begun, because this thread was put aside between
    /// its last look at the time and the publication: a reader in between may see a step back.
    public var lateChanges: Int { state.withLock { $0.lateChanges } }

    // MARK: Moving

    /// Steps the wall clock, beside what it has been stepped by before.
    public func step(by offset: Duration) {
        let nanoseconds = Int64((offset / .nanoseconds(1)).rounded())
        change(.wall) { slot, time in slot.stepped(by: nanoseconds, at: time) }
    }

    /// Lets the monotonic clock run so many times as fast as the true one, without a step.
    public func run(at rate: Double) {
        precondition(rate > 0 && rate <= 1_000, "a clock goes forward, and not endlessly fast")
        let fixed = UInt64((rate * Double(ClockSlot.trueRate)).rounded())
        change(.monotonic) { slot, time in slot.running(at: fixed, from: time) }
    }

    /// Claims the clocks of a family for one fault, until they are healed; false if another has
    /// them.
    public func begin(_ family: ClockFamily) -> Bool {
        state.withLock { $0.moved.insert(family).inserted }
    }

    /// Lets the clocks of a family run true again.
    ///
    /// The wall clock steps to the truth. The monotonic clock never goes back: if it is behind it
    /// steps to the truth; if it is ahead it stays so far ahead as it is.
    public func heal(_ family: ClockFamily) {
        change(family) { slot, time in
            family == .wall ? slot.corrected(at: time) : slot.caughtUp(at: time)
        }
        state.withLock { _ = $0.moved.remove(family) }
    }

    /// Returns when the change holds, so that no slot is published before the last one has begun.
    private func change(_ family: ClockFamily, _ body: (ClockSlot, UInt64) -> ClockSlot) {
        state.withLock { state in
            for track in family.tracks {
                let latest = state.slots[track.rawValue]
                var slot: ClockSlot
                repeat {
                    slot = body(latest, track.now + Self.lead)
                    // Begin anew if this thread was put aside for most of the lead.
                } while track.now + Self.lead / 2 > slot.start
                cclocks_publish(
                    pointer, Int32(track.rawValue),
                    cclocks_slot(start: slot.start, base: slot.base, rate: slot.rate))
                if track.now > slot.start { state.lateChanges += 1 }
                state.slots[track.rawValue] = slot
            }
            // All of them began within microseconds of each other.
            for track in family.tracks {
                while true {
                    let (start, now) = (state.slots[track.rawValue].start, track.now)
                    guard now < start else { break }
                    // Nothing but time passes until then, at most the lead: it is what is awaited.
                    usleep(UInt32((start - now) / 1_000 + 1))
                }
            }
        }
    }

    // MARK: Evidence

    /// What the node's processes asked of a family's clock so far.
    public func reading(of family: ClockFamily) -> ClockReading {
        var (reads, lastTrue, lastReported): (UInt64, UInt64, UInt64) = (0, 0, 0)
        cclocks_evidence(
            pointer, Int32(family.reference.rawValue), &reads, &lastTrue, &lastReported)
        return ClockReading(
            reads: Int(clamping: reads), lastTrue: .nanoseconds(Int64(clamping: lastTrue)),
            lastReported: .nanoseconds(Int64(clamping: lastReported)))
    }

    /// By how much a family's clock is ahead of the truth now.
    public func offset(of family: ClockFamily) -> Duration {
        let slot = state.withLock { $0.slots[family.reference.rawValue] }
        let now = max(family.reference.now, slot.start)
        return .nanoseconds(Int64(bitPattern: slot.value(at: now) &- now))
    }
}

/// What a node asked of its clock, and what it was told.
public struct ClockReading: Hashable, Sendable {
    /// How often it asked; threads that asked at the same instant may count as one.
    public var reads: Int
    /// The true time of the last answer, on the clock that was asked for.
    public var lastTrue: Duration
    /// The last answer.
    public var lastReported: Duration

    /// By how much the last answer was ahead of the truth; zero if none was given.
    public var offset: Duration { lastReported - lastTrue }

    /// How fast the clock ran between an earlier reading and this one; nil if it was not asked
    /// between them.
    public func rate(since earlier: ClockReading) -> Double? {
        guard reads > earlier.reads, lastTrue > earlier.lastTrue else { return nil }
        return (lastReported - earlier.lastReported) / (lastTrue - earlier.lastTrue)
    }
}
