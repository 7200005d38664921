import Archive
import Dispatch
import Foundation
import Logging
import Server
import Testing

/// A results folder with everything that somebody could want to reach, and a secret beside it.
struct ServedPlace {
    let base: URL
    var results: URL { base.appending(path: "results") }

    init() throws {
        base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        let run = results.appending(path: "p/1")
        try FileManager.default.createDirectory(
            at: run.appending(path: "nodes/n1"), withIntermediateDirectories: true)
        try write("secret", "secret.txt")
        try write("page", "results/p/1/index.html")
        try write("{\"loadBegan\":1000}", "results/p/1/results.json")
        try write(Self.history, "results/p/1/history.edn")
        try write(
            """
            1970-01-01T00:16:41.000Z one
              more of one
            1970-01-01T00:16:43.500Z two
            1970-01-01T00:16:45.000Z three
            """, "results/p/1/nodes/n1/stderr.log")
        try write("0123456789", "results/p/1/nodes/n1/notes.txt")
        try write("hidden", "results/.hidden")
        try link("1", "results/p/latest")
        try link("../../../secret.txt", "results/p/1/out")
        try link(base.appending(path: "secret.txt").path, "results/absolute")
        try link("/etc", "results/etc")
        try link("..", "results/up")
        mkfifo(results.appending(path: "pipe").path, 0o644)
    }

    static let history = """
        {:index 0, :process 0, :type :invoke, :f :read, :value nil, :time 1000000000}
        {:index 1, :process 0, :type :ok, :f :read, :value 1, :time 2000000000}
        {:index 2, :process 0, :type :invoke, :f :read, :value nil, :time 3000000000}

        """

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: base.appending(path: name))
    }

    private func link(_ target: String, _ name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: base.appending(path: name).path, withDestinationPath: target)
    }

    /// Records a run of a campaign in the index.
    func record(_ number: Int, _ verdict: RunRow.Verdict) throws {
        var row = RunRow(folder: "p/\(number)", seed: UInt64(number), verdict: verdict)
        (row.campaign, row.cell) = ("campaigns/n/s", "plan")
        try Archive(file: results.path + "/index.sqlite").record(row)
    }

    /// A file of holes.
    func writeLarge(_ name: String, megabytes: Int) throws {
        let file = results.appending(path: name)
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: UInt64(megabytes) << 20)
        try handle.close()
    }

    func remove() { try? FileManager.default.removeItem(at: base) }
}

/// What a client got.
struct Answer {
    let status: Int
    let headers: String
    let body: Data
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension ServedPlace {
    /// Serves a place until the body is done.
    static func served(_ body: (Int, ServedPlace) async throws -> Void) async throws {
        let place = try ServedPlace()
        defer { place.remove() }
        let (ports, announce) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = PageServer(
            results: place.results.path, host: "127.0.0.1", port: 0, names: ["pages.example"],
            logger: logger)
        let task = Task {
            defer { announce.finish() }
            try await server.run { announce.yield($0) }
        }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        do {
            try await body(port, place)
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        _ = await task.result
    }

    /// What a client without manners gets.
    static func ask(
        _ target: String, port: Int, method: String = "GET", headers: [String] = []
    ) async throws -> Answer {
        let script = """
            import http.client, sys
            target, port, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
            talk = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            named = [line.split(": ", 1) for line in sys.argv[4:]]
            has_host = any(name == "Host" for name, value in named)
            talk.putrequest(method, target, skip_host=has_host, skip_accept_encoding=True)
            for name, value in named: talk.putheader(name, value)
            talk.endheaders()
            answer = talk.getresponse()
            lines = "; ".join(name.lower() + ": " + value for name, value in answer.getheaders())
            sys.stdout.buffer.write((str(answer.status) + "\\n" + lines + "\\n").encode() + answer.read())
            """
        let output = try await python(script, [target, "\(port)", method] + headers)
        let parts = output.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false)
        try #require(parts.count == 3, "no answer to \(target)")
        return Answer(
            status: try #require(Int(String(decoding: parts[0], as: UTF8.self))),
            headers: String(decoding: parts[1], as: UTF8.self), body: Data(parts[2]))
    }

    /// What a script prints.
    ///
    /// It is waited for on a thread of its own: the server that it asks needs those of the tests.
    static func python(_ script: String, _ arguments: [String]) async throws -> Data {
        let (status, data) = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "python").async {
                continuation.resume(with: Result { try run(script, arguments) })
            }
        }
        try #require(status == 0)
        return data
    }

    private static func run(_ script: String, _ arguments: [String]) throws -> (Int32, Data) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }
}
