import ArgumentParser
import RaftDaemon
import RaftNode

/// `raftd` with a bug in it, named by the environment variable `WHITEWATER_MUTANT`.
@main struct RaftdMutant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raftd-mutant", version: "raftd-mutant", subcommands: [RunCommand.self])

    struct RunCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "run")

        @OptionGroup var arguments: NodeArguments

        func run() async throws {
            try await Daemon.run(arguments) { options, disk, _, log in
                let bug = PlantedBug()
                return try await NodeFactory.node(options, disk: disk, log: log) { server, event in
                    bug.step(&server, event)
                }
            }
        }
    }
}
