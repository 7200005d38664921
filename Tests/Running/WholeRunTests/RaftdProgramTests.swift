import Foundation
import Testing

/// `raftd` as a person runs it, on loopback.
@Suite(.serialized) struct `The program raftd` {
    private let machine = Machine()
    private let program = URL(filePath: Machine.program).deletingLastPathComponent()
        .appending(path: "raftd").path

    private var folder: String { machine.results + "/folder" }

    /// One server that is a cluster of its own.
    private func arguments(_ port: Int) -> [String] {
        [
            "run", "--id", "1", "--folder", folder, "--clients", "127.0.0.1:\(port)", "--server",
            "1=127.0.0.1:\(port + 1)",
        ]
    }

    private func ask(_ words: String...) throws -> (status: Int32, output: String) {
        try machine.run(words, program: program)
    }

    @Test func `starts, answers, stops when asked, and comes back with what it had`() throws {
        defer { machine.removeResults() }
        let address = "127.0.0.1:17301"
        for life in 1...2 {
            let (process, log) = try machine.start(arguments(17_301), program: program)
            defer { if process.isRunning { process.terminate() } }
            #expect(
                Machine.await(
                    { (try? ask("status", address))?.output.contains("leader") ?? false },
                    within: .seconds(20)))
            if life == 1 {
                #expect(
                    Machine.await(
                        { (try? ask("put", address, "name", "Ada"))?.status == 0 },
                        within: .seconds(20)))
            }
            #expect(
                Machine.await(
                    { (try? ask("get", address, "name"))?.output == "Ada\n" },
                    within: .seconds(20)))
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let lines = String(
                decoding: log.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(
                lines.split(separator: "\n").allSatisfy {
                    $0.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#) != nil
                }, "\(lines)")
        }
        #expect(try ask("get", address, "name").status == 1)
    }

    @Test func `a damaged folder, and another server's, end it with 65 and advice`() throws {
        defer { machine.removeResults() }
        let (process, _) = try machine.start(arguments(17_311), program: program)
        #expect(
            Machine.await(
                { (try? ask("put", "127.0.0.1:17311", "a", "b"))?.status == 0 },
                within: .seconds(20)))
        // As it lies there, without the good end of a stop.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let other = try machine.run(
            arguments(17_311).map { $0.replacing("1=", with: "2=") }.map { $0 == "1" ? "2" : $0 },
            program: program)
        #expect(other.status == 65)
        #expect(other.output.contains("give each server a folder of its own"), "\(other.output)")
        let log = folder + "/log-0000000000000001"
        var bytes = try Data(contentsOf: URL(filePath: log))
        // Within the first batch: others stand behind it.
        bytes[50] ^= 1
        try bytes.write(to: URL(filePath: log))
        let (status, output) = try machine.run(arguments(17_311), program: program)
        #expect(status == 65)
        #expect(output.contains(log + ", offset 32"), "\(output)")
    }

    @Test(arguments: [
        (["run", "--id", "3"], "Missing expected argument"),
        (
            ["run", "--id", "3", "--folder", "f", "--clients", "h:1", "--server", "1=h:2"],
            "no --server names 3"
        ),
        (
            [
                "run", "--id", "1", "--folder", "f", "--clients", "h:1", "--server", "1=h:2",
                "--election-timeout", "20ms",
            ], "at least 50ms"
        ),
        (["status", "nowhere"], "is invalid"), (["stauts"], "Unexpected argument"),
    ])
    func `wrong usage ends with 64 and says what to write`(
        words: [String], message: String
    ) throws {
        let (status, output) = try machine.run(words, program: program)
        #expect(status == 64, "\(output)")
        #expect(output.contains(message), "\(output)")
    }
}
