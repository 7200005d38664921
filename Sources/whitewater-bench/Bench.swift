import ArgumentParser

/// Measures what the README claims; `make bench` runs all of it.
@main struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whitewater-bench",
        abstract: "Measure what the README claims.",
        subcommands: [
            Cuts.self, Checks.self, Decide.self, Fuzz.self, Harness.self, Keyed.self, Pages.self,
            Simulate.self,
            Soak.self,
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
