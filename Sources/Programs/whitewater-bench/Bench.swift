import ArgumentParser
import Dispatch
import Synchronization

/// Measures what the README claims; `make bench` runs all of it.
@main struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whitewater-bench",
        abstract: "Measure what the README claims.",
        subcommands: [
            ClockReads.self, Cuts.self, Checks.self, Decide.self, DiskOverhead.self, ExecCost.self,
            Failover.self,
            Fuzz.self,
            Harness.self, Keyed.self,
            NightlyProof.self, Nights.self, Pages.self, Power.self, Recover.self,
            Scenarios.self, Serve.self, Signatures.self, Simulate.self, SmallFiles.self, Soak.self,
        ])

    /// Synchronous, so that no thread has started when a lab is entered.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}

/// Runs asynchronous work from a thread that may wait.
enum Blocking {
    static func run(_ work: @escaping @Sendable () async throws -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        Task.detached {
            do { try await work() } catch { failure.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

/// Something that one task tells others.
final class Beacon: Sendable {
    private let state = Mutex(true)

    var isSet: Bool { state.withLock { $0 } }

    func clear() { state.withLock { $0 = false } }
}
