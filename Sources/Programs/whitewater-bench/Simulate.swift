import ArgumentParser
import Dispatch
import Foundation
import RaftSimulator

extension Bench {
    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Simulate Raft clusters in which everything goes wrong, and say what breaks.",
            discussion: """
                Names the first seed that breaks a promise at once, and ends with the transcript of \
                the lowest one; the same seed gives the same run.
                """)

        @Option(help: "Seeds.")
        var seeds = 1_000

        @Option(help: "The first seed.")
        var from: UInt64 = 1

        @Option(help: "Servers of each cluster; drawn if not given.")
        var servers: Int?

        @Option(help: "Simulated seconds of each.")
        var seconds = 60

        func run() throws {
            let lock = NSLock()
            nonisolated(unsafe) var coverage = Coverage()
            nonisolated(unsafe) var failed: [UInt64] = []
            let start = ContinuousClock.now
            DispatchQueue.concurrentPerform(iterations: seeds) { number in
                let seed = from + UInt64(number)
                CurrentSeed.set(seed)
                var simulation = Simulation(seed: seed, servers: servers, seconds: seconds)
                let outcome = simulation.run()
                lock.withLock {
                    coverage = coverage + outcome.coverage
                    guard let violation = outcome.violation else { return }
                    if failed.isEmpty { print("seed \(seed): \(violation)") }
                    failed.append(seed)
                }
            }
            print("\(seeds) seeds of \(seconds) s: \(ContinuousClock.now - start)")
            print(coverage)
            guard let seed = failed.min() else { return }
            var simulation = Simulation(
                seed: seed, servers: servers, seconds: seconds, transcript: true)
            let outcome = simulation.run()
            for line in outcome.transcript { print(line) }
            print("seed \(seed): \(outcome.violation ?? "no violation the second time")")
            print("\(failed.count) of \(seeds) seeds broke a promise")
            throw ExitCode.failure
        }
    }
}

/// The seed that this thread simulates, so that a trap is a finding with its seed too.
enum CurrentSeed {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT] {
            signal(number) { number in CurrentSeed.report(number) }
        }
        return key
    }()

    static func set(_ seed: UInt64) {
        pthread_setspecific(key, UnsafeMutableRawPointer(bitPattern: UInt(seed)))
    }

    /// Writes `seed 17: a trap`, with nothing but what a signal handler may call.
    private static func report(_ signal: Int32) {
        var number = UInt(bitPattern: pthread_getspecific(key))
        var digits: [UInt8] = []
        repeat {
            digits.append(UInt8(48 + number % 10))
            number /= 10
        } while number > 0
        let text = Array("\nseed ".utf8) + digits.reversed() + Array(": a trap\n".utf8)
        text.withUnsafeBytes { _ = write(1, $0.baseAddress, $0.count) }
        _exit(128 + signal)
    }
}
