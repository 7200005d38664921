import Foundation
import Glibc
import Logging
import Server
import Testing
import UnixSignals

@Suite(.serialized) struct `A server of pages under attack` {
    @Test(arguments: [
        "/../secret.txt", "/%2e%2e/secret.txt", "/p/1/../../../secret.txt",
        "/p/..%2f..%2fsecret.txt",
        "/p/1/out", "/absolute", "/etc/passwd", "/.hidden", "/p%00/1", "/pipe", "//etc/passwd",
        "/p/1/%252e%252e/secret.txt", "/..%5csecret.txt", "/%c0%ae%c0%ae/secret.txt",
        "/p/1/history.edn%00.html", "/up/secret.txt", "/up/", "/p/1/../1/results.json",
        "http://127.0.0.1/../secret.txt", "/etc/passwd?from=1", "/absolute?zip", "/up/?zip",
    ])
    func `is not left by any path`(target: String) async throws {
        try await ServedPlace.served { port, _ in
            let answer = try await ServedPlace.ask(target, port: port)
            #expect([400, 403, 404].contains(answer.status), "\(answer.status)")
            for secret in ["secret", "root:", "hidden"] { #expect(!answer.text.contains(secret)) }
        }
    }

    @Test func `only reads`() async throws {
        try await ServedPlace.served { port, place in
            for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "MOVE"] {
                let answer = try await ServedPlace.ask(
                    "/p/1/index.html", port: port, method: method)
                #expect(answer.status == 405, "\(method)")
                #expect(answer.headers.contains("allow: GET, HEAD"))
            }
            #expect(FileManager.default.fileExists(atPath: place.results.path + "/p/1/index.html"))
        }
    }

    @Test func `answers to its own names, and not to one that was resolved to it`() async throws {
        try await ServedPlace.served { port, _ in
            func status(_ host: String) async throws -> Int {
                try await ServedPlace.ask("/p/1/", port: port, headers: ["Host: \(host)"]).status
            }
            for host in ["localhost:\(port)", "127.0.0.1", "[::1]:\(port)", "Pages.Example:80"] {
                let seen = try await status(host)
                #expect(seen == 200, "\(host)")
            }
            for host in [
                "evil.example", "evil.example:\(port)", "localhost.evil.example", "127.1",
                "127.0.0.1.evil.example", "pages.example.evil.example", "[::1",
            ] {
                let seen = try await status(host)
                #expect(seen == 421, "\(host)")
            }
        }
    }

    @Test(arguments: [
        ("bytes=0-99999999999999999999", 200), ("bytes=0-999999999999", 206),
        ("bytes=0-0,1-1,2-2", 200), ("bytes=-999999999999999999", 206), ("bytes=5-1", 200),
        ("bytes=18446744073709551615-", 200), ("bytes=999999999999999999-", 416),
        ("bytes=" + (0..<2_000).map { "\($0)-\($0)" }.joined(separator: ","), 200),
    ])
    func `gives whatever range no more than the file`(range: String, status: Int) async throws {
        try await ServedPlace.served { port, _ in
            let answer = try await ServedPlace.ask(
                "/p/1/history.edn", port: port, headers: ["Range: \(range)"])
            #expect(answer.status == status)
            #expect(answer.body.count <= ServedPlace.history.utf8.count)
        }
    }

    @Test func `lets slow and silent clients wait alone, and large answers wait on the disk`()
        async throws
    {
        try await ServedPlace.served { port, place in
            try place.writeLarge("p/1/large.bin", megabytes: 200)
            // Half requests, and readers of a large file that read none of it.
            let clients = try (0..<60).map { number in
                try Client(
                    port: port,
                    sends: number % 2 == 0
                        ? "GET /p/1/ HTTP/1.1\r\nHost: loc"
                        : "GET /p/1/\(number % 3 == 0 ? "?zip" : "large.bin") HTTP/1.1\r\n"
                            + "Host: localhost\r\n\r\n")
            }
            defer { for client in clients { client.close() } }
            let before = try Memory.resident()
            for _ in 0..<20 {
                #expect(try await ServedPlace.ask("/p/1/", port: port).status == 200)
            }
            let more = try Memory.resident() - before
            #expect(more < 400_000_000, "\(more) bytes more for 30 readers of 200 MB")
        }
    }

    @Test func `ends when it is told to, though somebody still reads`() async throws {
        let place = try ServedPlace()
        defer { place.remove() }
        try place.writeLarge("p/1/large.bin", megabytes: 50)
        let (ports, announce) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = PageServer(
            results: place.results.path, host: "127.0.0.1", port: 0, logger: logger)
        let task = Task {
            try await server.run(until: [.sigusr2]) { announce.yield($0) }
        }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let request = "GET /p/1/large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let reader = try Client(port: port, sends: request)
        let silent = try Client(port: port, sends: "GET / HT")
        defer {
            reader.close()
            silent.close()
        }
        #expect(reader.reads(1_000) == 1_000, "it has begun to answer")
        let began = ContinuousClock.now
        kill(getpid(), SIGUSR2)
        try await task.value
        #expect(ContinuousClock.now - began < .seconds(20))
        #expect(throws: Client.Refused.self) { try Client(port: port, sends: "") }
    }
}

/// A connection without manners.
private struct Client {
    struct Refused: Error {}

    private let socket: Int32

    init(port: Int, sends text: String) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let connected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close()
            throw Refused()
        }
        let bytes = Array(text.utf8)
        #expect(send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    /// How many of so many bytes come.
    func reads(_ count: Int) -> Int {
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(socket, &bytes, count, Int32(MSG_WAITALL))
    }

    func close() { Glibc.close(socket) }
}

/// What this process holds.
private enum Memory {
    /// Bytes in memory.
    static func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let found = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/))
        return try #require(Int(found.output.1)) * 1_024
    }
}
