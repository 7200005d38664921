public import ArgumentParser
import Labs
import Plans
import Runner
public import Systems
public import Workloads

/// The command line.
///
/// A program that tests systems of its own calls ``main(systems:workloads:)`` and nothing else. One
/// file a subcommand.
public struct Whitewater: ParsableCommand {
    /// The subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "whitewater",
        abstract: "Throw a Raft cluster into the rapids, and decide whether it kept its promises.",
        discussion: """
            Whitewater starts real node processes in a network of their own, cuts that network, \
            freezes and kills nodes while clients work, records what every client saw, and \
            decides whether that is linearizable. It needs no root and touches nothing outside \
            its own namespaces.

            Exit status: 0 valid; 1 invalid; 2 undecided or inconclusive; 64 wrong usage, plan \
            or input; 70 set-up or internal failure.
            """,
        version: Version.current,
        subcommands: [
            Test.self, Check.self, Analyze.self, Report.self, Doctor.self, Generate.self,
            List.self, Init.self, Bridge.self, CampaignCommand.self, IndexCommand.self,
            Compare.self,
            Reproduce.self, Shrink.self, Export.self, SelfTest.self, Serve.self,
            Disk.self, TraceClocks.self, CampaignTask.self,
        ])

    /// A command line that has not been parsed.
    public init() {}

    /// The command line with more systems and workloads, which come before Whitewater's own.
    ///
    /// Nothing may have started a thread before: the program starts itself anew inside of a lab.
    public static func main(systems: [any System.Type], workloads: [any Workload.Type] = []) {
        Offer.add(systems: systems, workloads: workloads)
        main()
    }

    /// The command line.
    ///
    /// Synchronous, so that no thread has started when a lab is entered.
    public static func main() {
        do {
            try refuseUnknownCommand()
            var command = try parseAsRoot()
            try command.run()
        } catch {
            exit(withError: error)
        }
    }

    /// Names the nearest subcommand, where the first word is none.
    private static func refuseUnknownCommand() throws {
        let known =
            ["help"]
            + configuration.subcommands.map {
                $0.configuration.commandName ?? "\($0)".lowercased()
            }
        guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"),
            !known.contains(word)
        else { return }
        throw ValidationError(NearestWord.refusal(of: word, what: "subcommand", known: known))
    }
}

/// The statuses that the program exits with, beside those of verdicts.
enum Exit {
    /// Wrong usage, plan or input.
    static let usage = ExitCode(64)
    /// Set-up or internal failure.
    static let failure = ExitCode(70)

    /// The status of a lab's inside, as far as it has confirmed one.
    static func status(of ending: Sandbox.Ending, results: String?) -> Int32 {
        switch ending {
        case .confirmed(let status): return status
        case .interrupted(let signal): return 128 + signal
        case .unconfirmed(let how):
            let history = (results ?? "results") + "/latest/history.edn"
            Console.complain(
                "whitewater: the inside of the lab ended without a verdict (\(how)): killed for "
                    + "want of memory, or by somebody? "
                    + (results == nil
                        ? "" : "`whitewater check \(history)` judges what was recorded"))
            return failure.rawValue
        }
    }

    /// Writes an error and gives the status to exit with.
    static func reporting(_ error: any Error, _ status: ExitCode) -> ExitCode {
        Console.complain("whitewater: \(error)")
        return status
    }
}
