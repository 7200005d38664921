import Archive
import ArgumentParser
import Campaigns
import Foundation
import Stores

extension Whitewater {
    /// `whitewater index`.
    struct IndexCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "index",
            abstract: "Make the index of all runs anew from their folders.")

        @Argument(help: "The folder of results.")
        var results = "results"

        func run() throws {
            do {
                let rows = try ResultsScan(results: results).rows()
                try Archive(file: results + "/index.sqlite").replaceAll(with: rows)
                Console.line("\(rows.count) runs in \(results)/index.sqlite")
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}
