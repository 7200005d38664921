import ArgumentParser
import Foundation
import Logging
import RaftDaemon
import RaftMutants
import RaftNode

/// `raftd` with a bug in it, named by the environment variable `WHITEWATER_MUTANT`, or by the name that
/// it is started by: a link `raftd-mutant-11` has bug 11, as a campaign's list of programs needs it.
@main struct RaftdMutant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raftd-mutant", version: "raftd-mutant",
        subcommands: [RunCommand.self, ListCommand.self])

    /// The bug that this process has.
    private static var bug: String {
        let own = CommandLine.arguments[0].split(separator: "/").last ?? ""
        let prefix = "raftd-mutant-"
        return ProcessInfo.processInfo.environment["WHITEWATER_MUTANT"]
            ?? (own.hasPrefix(prefix) ? String(own.dropFirst(prefix.count)) : "")
    }

    struct RunCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Run a server with the bug of WHITEWATER_MUTANT.")

        @OptionGroup var arguments: NodeArguments

        func run() async throws {
            let name = RaftdMutant.bug
            if name == "traps" {
                // As a bug of its own would end it.
                let none: [Int] = Array(name.utf8.dropFirst(name.utf8.count).map(Int.init))
                print(none[name.count])
            }
            guard let mutant = Mutant.named(name), mutant.fitsNodes else {
                throw ValidationError(
                    "there is no bug '\(name)'; `raftd-mutant list` says what WHITEWATER_MUTANT can be"
                )
            }
            try await Daemon.run(arguments) { options, disk, isJoining, log in
                let bug = PlantedBug(mutant, log)
                let node = try await NodeFactory.node(
                    bug.options(options), disk: try bug.disk(disk), isJoining: isJoining, log: log,
                    rules: bug.rules, now: bug.now
                ) { server, event in
                    bug.step(&server, event)
                }
                try bug.hasOpened()
                return node
            }
        }
    }

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: """
                Name each bug: its name, what should catch it, what it does, and plans that are \
                likely to find it.
                """)

        func run() {
            for mutant in Mutant.all where mutant.fitsNodes {
                let checks = mutant.caughtBy.map(\.rawValue).joined(separator: ",")
                let plans = mutant.likelyPlans.joined(separator: ",")
                print("\(mutant.id)\t\(checks)\t\(mutant.title)\t\(plans)")
            }
        }
    }
}
