import ArgumentParser
import Foundation
import Plans

extension Whitewater {
    /// `whitewater init`.
    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a plan for a system of your own, with a client that runs at once.",
            discussion: """
                Writes NAME.yaml, NAME-client.py, and NAME-node.py, a toy that stands in for the \
                system until its own start line is in the plan. Needs python3. Nothing that is \
                there already is overwritten.
                """)

        @Argument(help: "The name of the plan.")
        var name: String

        @Option(help: "The folder for the files.")
        var folder = "."

        func run() throws {
            do {
                let plan = InitTemplates.plan.replacing("NAME", with: name)
                _ = try Plan(yaml: plan)
                let files = [
                    ("\(name).yaml", plan), ("\(name)-client.py", InitTemplates.client),
                    ("\(name)-node.py", InitTemplates.node),
                ]
                for (file, _) in files
                where FileManager.default.fileExists(atPath: folder + "/" + file) {
                    throw PlanError("is there already; choose another name", file: file)
                }
                for (file, text) in files {
                    try text.write(
                        toFile: folder + "/" + file, atomically: true, encoding: .utf8)
                    Console.line("wrote \(folder)/\(file)")
                }
                Console.line("try it:  \(CommandLine.arguments[0]) test \(folder)/\(name).yaml")
            } catch {
                throw Exit.reporting(error, Exit.usage)
            }
        }
    }
}
