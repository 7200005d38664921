import CClocks
import Foundation
import Synchronization
import Testing

@testable import Clocks

@Suite(.serialized) struct `The substitute for the vDSO` {
    @Test func `the kernel's image names the functions that are substituted`() throws {
        let library = try OwnSubstitute.ownLibrary()
        for name in ["clock_gettime", "gettimeofday", "time"] {
            #expect(library.offset(of: name) != nil, "\(name)")
        }
    }

    @Test func `in a redirected image substituted functions lead away and others to the kernel`()
        throws
    {
        let kernel = try OwnSubstitute.ownLibrary()
        var library = kernel
        // The substitute lies below the kernel's image here, and above it in the next line.
        for (own, original) in [(0x1000, 0x7fff_0000), (0x7fff_0000, 0x1000)] as [(UInt64, UInt64)]
        {
            library = kernel
            library.redirect(own: own, kernel: original, substitutes: ["time": own + 0x5000])
            let read = try VirtualLibrary(library.bytes)
            #expect(read.symbols.map(\.name) == kernel.symbols.map(\.name))
            #expect(read.offset(of: "time") == 0x5000)
            let getcpu = try #require(kernel.offset(of: "getcpu"))
            #expect(read.offset(of: "getcpu").map { $0 &+ own } == original + getcpu)
        }
    }

    @Test(arguments: [0, 10, 63, 64, 200, 4_096])
    func `an image that ends too early is refused`(length: Int) throws {
        let bytes = try OwnSubstitute.ownLibrary().bytes
        #expect(throws: VirtualLibrary.Defect.self) {
            try VirtualLibrary(Array(bytes.prefix(min(length, 600))))
        }
    }

    @Test func `a clock that nobody moved shows the truth`() throws {
        let substitute = try OwnSubstitute(NodeClock())
        let clocks = Track.allCases.flatMap { [$0.clock] + $0.aliases }
            .filter { ![CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM].contains($0) }
        for clock in clocks + [CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID] {
            let before = cclocks_kernel_time(clock)
            let shown = substitute.withReader { $0(clock) }
            let after = cclocks_kernel_time(clock)
            #expect(before <= shown && shown <= after, "clock \(clock)")
        }
    }

    @Test func `a step moves the wall clock, not the monotonic one, and is counted`() throws {
        let clock = try NodeClock()
        let substitute = try OwnSubstitute(clock)
        clock.step(by: .seconds(3_600))
        let shown = Int64(substitute.withReader { $0(CLOCK_REALTIME) })
        let truth = Int64(cclocks_kernel_time(CLOCK_REALTIME))
        #expect(abs(shown - truth - 3_600_000_000_000) < 1_000_000_000)
        let monotonic = Int64(substitute.withReader { $0(CLOCK_MONOTONIC) })
        #expect(abs(monotonic - Int64(cclocks_kernel_time(CLOCK_MONOTONIC))) < 1_000_000_000)
        let reading = clock.reading(of: .wall)
        #expect(reading.reads >= 1)
        #expect(reading.offset == .seconds(3_600))
        clock.heal(.wall)
        let healed = Int64(substitute.withReader { $0(CLOCK_REALTIME) })
        #expect(abs(healed - Int64(cclocks_kernel_time(CLOCK_REALTIME))) < 1_000_000_000)
    }

    @Test(arguments: [0.05, 3, 20])
    func `a rate holds for every form of the monotonic clock`(rate: Double) throws {
        let clock = try NodeClock()
        let substitute = try OwnSubstitute(clock)
        clock.run(at: rate)
        for number in [CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME] {
            // Between two reads of the truth on either side, whatever the scheduler does.
            let (first, second) = try substitute.withReader { read in
                (try Bracket(number, read), try Bracket(number, after: 50_000_000, read))
            }
            let shown = Double(second.shown - first.shown)
            #expect(shown >= Double(second.before - first.after) * rate * 0.999)
            #expect(shown <= Double(second.after - first.before) * rate * 1.001)
        }
        let before = clock.reading(of: .monotonic)
        _ = substitute.withReader { $0(CLOCK_MONOTONIC) }
        let measured = try #require(clock.reading(of: .monotonic).rate(since: before))
        #expect(abs(measured / rate - 1) < 0.001)
    }

    /// What a clock showed at an instant between two true ones.
    private struct Bracket {
        let before: UInt64
        let shown: UInt64
        let after: UInt64

        init(_ clock: Int32, after pause: UInt64 = 0, _ read: (Int32) -> UInt64) throws {
            let start = cclocks_kernel_time(clock)
            // True time must pass before the clock is read: it is what is awaited.
            while cclocks_kernel_time(clock) < start + pause { usleep(1_000) }
            before = cclocks_kernel_time(clock)
            shown = read(clock)
            after = cclocks_kernel_time(clock)
        }
    }

    @Test func `the monotonic clock goes back for no thread, however often its rate changes`()
        throws
    {
        let clock = try NodeClock()
        let substitute = try OwnSubstitute(clock)
        let latest = Atomic<UInt64>(0)
        let reads = Atomic<Int>(0)
        let steps = Atomic<Int>(0)
        let changes = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        DispatchQueue.concurrentPerform(iterations: 4) { number in
            guard number > 0 else {
                let deadline = ContinuousClock.now + .seconds(1)
                while ContinuousClock.now < deadline {
                    for rate in [0.05, 20, 1, 3] { clock.run(at: rate) }
                    clock.heal(.monotonic)
                    changes.add(5, ordering: .relaxed)
                }
                isOver.store(true, ordering: .relaxed)
                return
            }
            substitute.withReader { read in
                while !isOver.load(ordering: .relaxed) {
                    // What another thread has seen was shown before this thread asks.
                    let seen = latest.load(ordering: .acquiring)
                    let shown = read(CLOCK_MONOTONIC)
                    if shown < seen { steps.add(1, ordering: .relaxed) }
                    latest.max(shown, ordering: .acquiringAndReleasing)
                    reads.add(1, ordering: .relaxed)
                }
            }
        }
        // Where the machine put the changing thread aside at the wrong moment, it says so.
        #expect(
            steps.load(ordering: .relaxed) == 0 || clock.lateChanges > 0,
            "of \(reads.load(ordering: .relaxed)) reads")
        #expect(reads.load(ordering: .relaxed) > 1_000)
        #expect(changes.load(ordering: .relaxed) >= 10)
    }
}
