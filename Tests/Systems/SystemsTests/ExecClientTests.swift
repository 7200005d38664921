import Clients
import Foundation
import Histories
import Labs
import NIOCore
import NIOPosix
import Testing

@testable import Systems

@Suite struct `A client that is a program` {
    /// Answers what the plan's options or the operation's value ask for; tells of its openings.
    private static let script = """
        import json, sys, time
        openings = []
        for line in sys.stdin:
            ask = json.loads(line)
            if ask["type"] == "open":
                openings.append(ask.get("process"))
                print(json.dumps({"type": "ok", "version": "1"}), flush=True)
            elif ask["f"] == "openings":
                print(json.dumps({"type": "ok", "id": ask["id"], "value": openings}), flush=True)
            elif ask["f"] == "sleep":
                time.sleep(60)
            elif ask["f"] == "end":
                sys.exit(1)
            elif ask["f"] == "say":
                print(ask["value"].replace("ID", str(ask["id"])), flush=True)
        """

    private func withClient(
        _ use: (@escaping (Int) -> ExecClient) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let program = ClientProgram(
            NodeCommand(executable: "/usr/bin/env", arguments: ["python3", "-c", Self.script]),
            log: "/dev/null", on: group)
        try await use { process in
            ExecClient(
                program,
                opening: [
                    .init(key: "type", value: "open"),
                    .init(key: "process", value: .int(process)),
                ], process: process)
        }
        await program.end()
        try await group.shutdownGracefully()
    }

    private func say(_ line: String) -> Invocation { Invocation("say", key: 3, .string(line)) }

    @Test(arguments: [
        (#"{"type":"ok","id":ID,"value":5}"#, Completion.ok(5)),
        (#"{"type":"ok","id":ID,"value":null}"#, .ok(.null)),
        (#"{"type":"ok","id":ID}"#, nil),
        (#"{"type":"fail","id":ID,"error":"mismatch"}"#, .mismatch),
        (#"{"type":"fail","id":ID,"error":"no leader"}"#, .fail("no leader")),
        (#"{"type":"info","id":ID,"error":"timeout"}"#, .info("timeout")),
    ])
    func `says how an operation ended`(line: String, expected: Completion?) async throws {
        try await withClient { client in
            let completion = await client(0).perform(say(line), timeout: .seconds(20))
            // Without a value, ok means the argument.
            #expect(completion == expected ?? .ok(.string(line)))
        }
    }

    @Test(arguments: [
        "Traceback: oh no", "", #"{"type":"ok"}"#, #"{"type":"ok","id":99}"#, "[1]",
        #"{"type":"fine","id":ID}"#,
    ])
    func `that answers with nonsense is quoted, and starts anew`(line: String) async throws {
        try await withClient { client in
            let completion = await client(0).perform(say(line), timeout: .seconds(20))
            guard case .nonsense(let quote) = completion else {
                Issue.record("\(completion)")
                return
            }
            #expect(
                quote.contains(line.prefix(6)) || quote.contains("fine") || line.isEmpty,
                "\(quote)")
            let next = await client(1).perform(
                Invocation("openings"), timeout: .seconds(20))
            #expect(next == .ok([1]) || next == .ok([0, 1]))
        }
    }

    @Test func `is opened again for the process that takes another's place`() async throws {
        try await withClient { client in
            try await client(0).open()
            try await client(10).open()
            let seen = await client(10).perform(Invocation("openings"), timeout: .seconds(20))
            #expect(seen == .ok([0, 10]))
        }
    }

    @Test func `that misses its deadline is ended, and the outcome is unknown`() async throws {
        try await withClient { client in
            try await client(0).open()
            let start = ContinuousClock.now
            let completion = await client(0).perform(
                Invocation("sleep"), timeout: .milliseconds(100))
            #expect(completion == .info(.keyword("timeout")))
            #expect(ContinuousClock.now - start < .seconds(30))
            let next = await client(1).perform(Invocation("openings"), timeout: .seconds(20))
            #expect(next == .ok([1]), "a new program")
        }
    }

    @Test func `that ends leaves the outcome unknown`() async throws {
        try await withClient { client in
            let completion = await client(0).perform(Invocation("end"), timeout: .seconds(20))
            #expect(completion.kind == .info)
            #expect("\(completion)".contains("the client ended without a word; read "))
        }
    }

    @Test func `that ends is quoted with its last words and the place of its log`() async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let program = ClientProgram(
            NodeCommand(
                executable: "/bin/sh",
                arguments: ["-c", "read line; echo one >&2; echo two >&2; exit 1"]),
            log: log.path, on: group)
        let error = await #expect(throws: ClientProgram.Failure.self) {
            try await ExecClient(program, opening: [], process: 0).open()
        }
        let words = error.map { "\($0)" } ?? ""
        #expect(words.hasPrefix("the client ended; its last words: two; read "), "\(words)")
        #expect(words.hasSuffix(log.lastPathComponent), "\(words)")
        await program.end()
        try await group.shutdownGracefully()
    }

    @Test func `that cannot be started is a failure that asked nothing of the system`() async throws
    {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let program = ClientProgram(
            NodeCommand(executable: "/nowhere/client", arguments: []), log: "/dev/null", on: group)
        let client = ExecClient(program, opening: [], process: 0)
        let completion = await client.perform(Invocation("read"), timeout: .seconds(5))
        #expect(completion.kind == .fail, "\(completion)")
        await #expect(throws: ClientProgram.Failure.self) { try await client.open() }
        try await group.shutdownGracefully()
    }
}
