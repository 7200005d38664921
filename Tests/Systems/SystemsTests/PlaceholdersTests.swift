import Foundation
import Labs
import Plans
import Testing
import Topologies

@testable import Systems

@Suite struct `A placeholder` {
    private let topology = Topology(nodeCount: 3, base: IPv4Address(number: 0x0a4d_0000))
    private let placeholders = Placeholders(each: [
        (name: "peers", template: "{name}={address}:7000"), (name: "ids", template: "{number}"),
    ])

    @Test(arguments: [
        ("{name} {number} {address}", "n2 2 10.77.0.2"), ("{data}", "/run/n2/data"),
        ("{peers}", "n1=10.77.0.1:7000,n2=10.77.0.2:7000,n3=10.77.0.3:7000"),
        ("{others}", "n1=10.77.0.1:7000,n3=10.77.0.3:7000"), ("{ids}", "1,2,3"),
        ("{first}", "10.77.0.1"), (#"{"json": "{name}"}"#, #"{"json": "n2"}"#),
    ])
    func `stands for what differs from node to node`(text: String, filled: String) {
        let seen = placeholders.fill(
            text, for: topology.nodes[1], in: "/run/n2", of: topology)
        #expect(seen == filled)
    }

    @Test func `that stands for nothing is refused with the nearest word`() {
        let error = #expect(throws: PlanError.self) {
            try placeholders.check("--listen={adress}", at: "system.start")
        }
        #expect(
            error?.message.hasPrefix(
                "system.start: unknown placeholder 'adress'; did you mean 'address'?") == true)
        #expect(throws: PlanError.self) {
            try Placeholders(each: []).check("{others}", at: "system.start")
        }
        #expect(throws: PlanError.self) {
            try Placeholders(each: [(name: "peers", template: "{data}")]).checkPieces()
        }
    }
}

@Suite struct `A system that a plan declares` {
    private func character(_ yaml: String) throws(PlanError) -> SystemCharacter {
        try SystemCatalog.standard.system(of: try Plan(yaml: "name: x\nsystem:\n" + yaml)).character
    }

    @Test func `has the workloads and the election timeout that it says`() throws {
        let character = try character(
            """
              name: exec
              start: [a, "{address}"]
              client: [b]
              workloads: [register, append]
              election-timeout: 700ms
            """)
        #expect(character.workloads == ["register", "append"])
        #expect(character.electionTimeout == .milliseconds(700))
    }

    @Test(arguments: [
        ("  name: exec\n  client: [b]", "system.start: is missing"),
        ("  name: exec\n  start: [a]", "system.client: is missing"),
        ("  name: exec\n  start: a b\n  client: [b]", "system.start: is a list; write [a b]"),
        (
            "  name: exec\n  start: [a, '{x}']\n  client: [b]",
            "system.start: unknown placeholder 'x'"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  each: {p: '{data}'}",
            "system.each: p: unknown"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  strat: 5",
            "unknown key of system 'strat'; did you"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  ready: {tcp: 0}",
            "system.ready: tcp: '0' is no port"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  ready: soon",
            "system.ready: write client, or"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  status: {log: '('}",
            "is no regular expression"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  status: {http: u, ledaer: x}",
            "system.status: unknown key 'ledaer'; did you mean 'leader'?"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  status: {http: u, exact: maybe}",
            "system.status: exact: write true or false, not 'maybe'"
        ),
        (
            "  name: exec\n  start: [a]\n  client: [b]\n  workloads: [append]",
            "exec does not offer register"
        ),
        ("  name: maelstrom", "system.command: is missing"),
        (
            "  name: maelstrom\n  command: [a, '{peers}']",
            "system.command: unknown placeholder 'peers'"
        ),
    ])
    func `is checked when the plan is read`(yaml: String, message: String) {
        let error = #expect(throws: PlanError.self) { try character(yaml) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `finds programs beside the plan before the path, and says where it looked`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "sh").path
        try "#!/bin/sh\n".write(toFile: program, atomically: true, encoding: .utf8)
        let words = CommandWords(planFolder: folder.path)
        #expect(throws: PlanError.self, "beside the plan, but not executable") {
            try words.command(["sh"], at: "system.start")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        #expect(try words.command(["sh", "sh", "x"], at: "k").executable == program)
        #expect(try words.command(["env", "sh", "x"], at: "k").arguments == [program, "x"])
        let error = #expect(throws: PlanError.self) {
            try words.command(["no-such-program"], at: "system.start")
        }
        #expect(error?.message.contains(folder.path) == true)
    }
}
