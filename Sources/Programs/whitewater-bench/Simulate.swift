import ArgumentParser
import Dispatch
import Foundation
import RaftMutants
import RaftSimulator

extension Bench {
    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Simulate Raft clusters in which everything goes wrong, and say what breaks.",
            discussion: """
                Names the first seed that breaks a promise at once, and ends with the transcript of \
                the lowest one; the same seed gives the same run. With --mutants it plants known \
                bugs, one after the other, and prints which seed finds each of them, and how.
                """)

        @Option(help: "Seeds.")
        var seeds = 1_000

        @Option(help: "The first seed.")
        var from: UInt64 = 1

        @Option(help: "Servers of each cluster; drawn if not given.")
        var servers: Int?

        @Option(help: "Simulated seconds of each.")
        var seconds = 60

        @Flag(help: "Plant each known bug, and print the table of what finds it.")
        var mutants = false

        @Option(help: "Plant this one, and stop at the first seed that finds it.")
        var mutant: String?

        func run() throws {
            if let mutant {
                guard let planted = Mutant.named(mutant) else {
                    let known = Mutant.all.map(\.id).joined(separator: ", ")
                    throw ValidationError("no mutant \(mutant); there are \(known)")
                }
                print(MutantSearch(planted, seeds: seeds, from: from, seconds: seconds).run())
            } else if mutants {
                try MutantTable(seeds: seeds, from: from, seconds: seconds).printRows()
            } else {
                try simulate()
            }
        }

        private func simulate() throws {
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
                    if failed.isEmpty {
                        print("seed \(seed): \(violation)")
                        fflush(nil)
                    }
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
        let number = UInt(bitPattern: pthread_getspecific(key))
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { text in
            var end = text.count
            func put(_ byte: UInt8) {
                end -= 1
                text[end] = byte
            }
            for byte in ": a trap\n".utf8.reversed() { put(byte) }
            var rest = number
            repeat {
                put(UInt8(48 + rest % 10))
                rest /= 10
            } while rest > 0
            for byte in "\nseed ".utf8.reversed() { put(byte) }
            _ = write(1, text.baseAddress.map { $0 + end }, text.count - end)
        }
        _exit(128 + signal)
    }
}
