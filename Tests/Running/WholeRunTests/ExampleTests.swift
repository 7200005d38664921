import Foundation
import Testing
import Yams

/// What stands in `Workloads/nightly` for other people's machines, as far as this one can tell.
@Suite struct `Examples for other machines` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Workloads/nightly")
    private let machine = Machine()

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }

    private func isShell(_ script: String) throws -> Bool {
        try machine.run(["-n", "-c", script], program: "/bin/bash").status == 0
    }

    @Test(arguments: [
        "github-actions.yaml", "whitewater.service", "crontab", "Containerfile", "README.md",
    ])
    func `every command of whitewater's is one, with options that it has`(name: String) throws {
        let lines = try text(name).split(separator: "\n").filter { !$0.hasPrefix("#") }
        let commands = lines.flatMap { line in
            line.matches(of: /(?:^|[ \/\["])whitewater ([a-z-]+)((?: [^\n|]*)?)/).map {
                (String($0.1), String($0.2))
            }
        }
        #expect(!commands.isEmpty || name == "Containerfile")
        for (command, rest) in commands {
            let (status, help) = try machine.run([command, "--help"])
            #expect(status == 0 && help.contains("USAGE: whitewater \(command)"), "\(command)")
            for option in rest.matches(of: /--[a-z-]+/) {
                #expect(help.contains(option.output), "\(command) \(option.output)")
            }
        }
    }

    @Test func `the workflow has a time, a machine, and steps that a shell can read`() throws {
        let workflow = try #require(
            try Yams.load(yaml: try text("github-actions.yaml")) as? [String: Any])
        // YAML 1.1 reads the word `on` as true.
        let on = try #require((workflow["on"] ?? workflow["true"]) as? [String: Any])
        let cron = try #require((on["schedule"] as? [[String: String]])?.first?["cron"])
        #expect(cron.split(separator: " ").count == 5)
        let jobs = try #require(workflow["jobs"] as? [String: [String: Any]])
        for (name, job) in jobs {
            #expect(job["runs-on"] is String, "\(name)")
            let steps = try #require(job["steps"] as? [[String: Any]])
            for step in steps {
                #expect((step["uses"] == nil) != (step["run"] == nil), "\(step)")
                if let script = step["run"] as? String { #expect(try isShell(script), "\(script)") }
                if let action = step["uses"] as? String {
                    #expect(action.wholeMatch(of: /[\w-]+\/[\w-]+@v\d+/) != nil, "\(action)")
                }
            }
        }
    }

    @Test func `the line for cron has five times and a command`() throws {
        let lines = try text("crontab").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        let found = try #require(line.wholeMatch(of: /((?:[\d*\/,-]+ ){5})(.+)/))
        #expect(try isShell(String(found.2)))
        #expect(!found.2.contains("%"), "cron makes a new line of it")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
    func `systemd takes the service and the timer`() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        // The program is not installed here.
        let service = try text("whitewater.service").replacing(
            "/usr/bin/whitewater", with: "/bin/true")
        try Data(service.utf8).write(to: place.appending(path: "whitewater.service"))
        try Data(try text("whitewater.timer").utf8)
            .write(to: place.appending(path: "whitewater.timer"))
        let (status, output) = try machine.run(
            [
                "verify", "--man=no", place.path + "/whitewater.service",
                place.path + "/whitewater.timer",
            ], program: "/usr/bin/systemd-analyze")
        #expect(status == 0 && !output.contains("Unknown"), "\(output)")
        let calendar = try machine.run(
            ["calendar", "*-*-* 22:00:00"], program: "/usr/bin/systemd-analyze")
        #expect(calendar.status == 0)
    }

    @Test func `the image's recipe copies what make dist makes, and its steps are shell`() throws {
        let recipe = try text("Containerfile").replacing("\\\n", with: " ")
        let lines = recipe.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.first?.hasPrefix("FROM debian:12") == true)
        #expect(lines.contains("COPY whitewater_*.deb /tmp/"))
        for line in lines where line.hasPrefix("RUN ") {
            #expect(try isShell(String(line.dropFirst(4))), "\(line)")
        }
        #expect(lines.contains("USER runner"), "nothing needs root")
        let words = try #require(lines.first { $0.hasPrefix("CMD ") })
        let command = try #require(try Yams.load(yaml: String(words.dropFirst(4))) as? [String])
        #expect(command.first == "campaign")
    }
}
