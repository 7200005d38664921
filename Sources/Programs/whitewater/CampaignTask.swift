import ArgumentParser
import Campaigns
import Foundation
import Labs

extension Whitewater {
    /// `whitewater campaign-task`: what a cluster's scheduler starts.
    struct CampaignTask: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "campaign-task",
            abstract: "Make the runs of one task of a campaign that a cluster works on.",
            discussion: """
                A scheduler starts it, for `whitewater campaign --engine`. It ends with the status of its \
                run, or the weightiest of several: 64, 1, 70, 2 or 0.
                """,
            shouldDisplay: false)

        @Argument(help: "The array's folder.")
        var folder: String

        @Option(help: "The task's number, from 0.")
        var task: Int

        @Option(help: "How often the task had been started before.")
        var restart = 0

        func run() throws {
            do {
                let runs = try ArrayTask(
                    .init(task: task, restart: restart), in: ArrayFolder(at: folder),
                    program: Sandbox.executable
                ) { note in
                    Console.line(
                        "run \(note.order.number) \(note.order.cell.name) seed \(note.order.seed): "
                            + "\(note.outcome)")
                }
                let signals = EndingSignals(stop: runs.stop)
                defer { signals.cancel() }
                throw ExitCode(try runs.run())
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}
