import ArgumentParser
import Foundation
import RaftSimulator

extension Bench {
    /// `whitewater-bench simulate`.
    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Simulate Raft clusters while everything around them breaks.",
            discussion: """
                Ends with the transcript of the first seed that breaks a promise; the same seed \
                gives the same run.
                """)

        @Option(help: "Seeds.")
        var seeds = 1_000

        @Option(help: "The first seed.")
        var from: UInt64 = 1

        @Option(help: "Servers of each cluster.")
        var servers = 5

        @Option(help: "Simulated seconds of each.")
        var seconds = 60

        func run() throws {
            let lock = NSLock()
            nonisolated(unsafe) var coverage = Coverage()
            nonisolated(unsafe) var failed: [UInt64] = []
            let start = ContinuousClock.now
            DispatchQueue.concurrentPerform(iterations: seeds) { number in
                let seed = from + UInt64(number)
                var simulation = Simulation(seed: seed, servers: servers, seconds: seconds)
                let outcome = simulation.run()
                lock.withLock {
                    coverage = coverage + outcome.coverage
                    if outcome.violation != nil { failed.append(seed) }
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
