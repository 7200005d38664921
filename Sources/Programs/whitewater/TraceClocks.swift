import ArgumentParser
import Clocks

extension Whitewater {
    /// The process that gives a lab's nodes clocks that can be moved; started by the program
    /// itself.
    struct TraceClocks: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "trace-clocks", abstract: "Serve a lab; not for people.",
            shouldDisplay: false)

        func run() throws {
            var tracer = Tracer()
            try tracer.run()
        }
    }
}
