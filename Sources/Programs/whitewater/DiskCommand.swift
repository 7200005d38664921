import ArgumentParser
import Disks
import Foundation

extension Whitewater {
    /// `whitewater disk`: the process that serves one node's disk.
    struct Disk: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve a folder as a disk that can lose power.",
            discussion: """
                Mounts a file system over the folder; its files stay plain files beneath. Takes \
                orders from the standard input, a line of JSON each, and unmounts at its end:
                  {"freeze":{}}
                  {"freeze":{"within":250}}
                  {"fail":{}}
                  {"lose":{"_0":{"keep":"sectors","seed":7}}}
                  {"turn":{"_0":{"full":{}},"seed":1}}
                  {"turn":{"seed":1}}
                  {"tell":{}}
                  {"finish":{}}
                """,
            shouldDisplay: false)

        @Option(help: "The folder.")
        var folder: String

        @Option(help: "A folder beside it for files without names; made, and removed at the end.")
        var limbo: String

        @Option(help: "When names are durable: journal (as on ext4) or posix.")
        var names = NameRule.journal.rawValue

        @Option(help: "After how many seconds an unsynced change is written back by itself.")
        var flushedAfter: Double?

        @Option(help: "The most memory for what can be undone, in MiB.")
        var memory = 256

        @Option(help: "How many seconds one request may take before the process kills itself.")
        var patience = 60

        func run() throws {
            guard let names = NameRule(rawValue: names) else {
                throw ValidationError("--names \(names): write journal or posix")
            }
            let options = DiskOptions(names: names, flushedAfter: flushedAfter, memory: memory)
            do {
                try DiskServer.serve(
                    folder: folder, limbo: limbo, options: options, patience: .seconds(patience))
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }
    }
}
