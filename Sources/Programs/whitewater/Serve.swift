import ArgumentParser
import Foundation
import Logging
import Server
import UnixSignals

extension Whitewater {
    /// `whitewater serve`.
    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a results folder to browsers, with the campaigns that are under way.",
            discussion: """
                Reads only, and only beneath that folder; whoever can reach the address can read \
                all of it, so it listens on this machine alone unless --host says otherwise.

                /live.html shows campaigns under way. A run's folder with ?zip is one archive. \
                A history or a node's log with ?from=14&to=18.5 is what happened between those \
                seconds of the load; files have byte ranges too.

                Ends with SIGINT or SIGTERM, within two seconds.
                """)

        @Argument(help: "The folder of results.")
        var results = "results"

        @Option(help: "The address to listen on.")
        var host = "127.0.0.1"

        @Option(
            help: "A name by which browsers reach this machine; addresses need none. Repeatable.")
        var name: [String] = []

        @Option(help: "The port to listen on; 0 for any.")
        var port = 8_080

        func validate() throws {
            guard (0...65_535).contains(port) else {
                throw ValidationError("--port \(port): is between 0 and 65535")
            }
        }

        func run() throws {
            var logger = Logger(label: "serve") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .error
            let server = PageServer(
                results: results, host: host, port: port, names: name, logger: logger)
            let host = host.contains(":") ? "[\(host)]" : host
            Task {
                do {
                    try await server.run(until: [.sigint, .sigterm]) { port in
                        Console.line("http://\(host):\(port)/")
                    }
                    Foundation.exit(0)
                } catch let error as ServerError {
                    Foundation.exit(Exit.reporting(error, Exit.usage).rawValue)
                } catch {
                    Foundation.exit(Exit.reporting(error, Exit.failure).rawValue)
                }
            }
            dispatchMain()
        }
    }
}
