import Foundation
import Testing

@testable import Server

@Suite struct `Paths of requests` {
    @Test(arguments: [
        ("/", []), ("/index.html", ["index.html"]), ("/a/b%20c/", ["a", "b c"]),
        ("/%61", ["a"]), ("/a%25", ["a%"]), ("/%C3%A9", ["é"]), ("/a..b/c...", ["a..b", "c..."]),
    ])
    func `name entries`(raw: String, components: [String]) throws {
        #expect(try #require(RequestPath(raw)).components == components)
    }

    @Test(arguments: [
        "", "a", "http://x/", "/..", "/a/..", "/a/../b", "/.", "/a/./b", "/%2e%2e/x", "/%2E./x",
        "/.%2e/x", "/a//b", "//a", "/a%2fb", "/a%2Fb", "/..%2f..%2fetc", "/a%5cb", "/a\\b", "/a%00",
        "/%00", "/a%0ab", "/a%", "/a%2", "/a%zz", "/%ff", "/%c0%ae%c0%ae", "/.git/config",
        "/.hidden", "/a%7f", "/" + String(repeating: "a", count: 300),
        "/" + String(repeating: "a/", count: 3_000),
    ])
    func `are refused in every spelling of what leads elsewhere`(raw: String) {
        #expect(RequestPath(raw) == nil)
    }
}

@Suite struct `Ranges of bytes` {
    @Test(arguments: [
        (nil, ByteRange.whole), ("bytes=0-4", .part(0..<5)), ("bytes=5-", .part(5..<10)),
        ("bytes=-3", .part(7..<10)), ("bytes=-99", .part(0..<10)), ("bytes=2-99", .part(2..<10)),
        ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=4-2", .whole),
        ("bytes=0-1,3-4", .whole), ("lines=0-1", .whole), ("bytes=-", .whole),
        ("bytes=99999999999999999999-", .whole), ("bytes=x-", .whole),
    ])
    func `are read as RFC 9110 says`(header: String?, range: ByteRange) {
        #expect(ByteRange(header, size: 10) == range)
    }

    @Test func `an empty file has none`() {
        #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
    }
}

@Suite struct `A folder that is served` {
    @Test func `is never left, whatever its links say`() throws {
        let place = try ServedPlace()
        defer { place.remove() }
        let folder = try ServedFolder(place.results.path)
        func refusal(_ path: String) throws -> ServedFolder.Refusal? {
            let path = try #require(RequestPath(path))
            do {
                _ = try folder.entry(at: path)
                return nil
            } catch {
                return error
            }
        }
        #expect(try refusal("/p/1/index.html") == nil)
        #expect(try refusal("/p/latest/index.html") == nil, "a link inside is followed")
        for path in ["/p/1/out", "/absolute", "/etc", "/etc/passwd", "/pipe"] {
            #expect(try refusal(path) == .forbidden, "\(path)")
        }
        #expect(try refusal("/none") == .missing)
        #expect(try refusal("/p/1/index.html/x") == .missing)
    }

    @Test func `may be one that nobody has`() {
        #expect(throws: ServedFolder.Refusal.missing) { try ServedFolder("/none/at/all") }
    }
}

@Suite struct `Names of hosts` {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", true), ("[::1]:80", "::1", true), ("[::1]", "::1", true),
        ("10.0.0.7", "10.0.0.7", true), ("LOCALHOST:1", "localhost", false),
        ("127.0.0.1.evil.example", "127.0.0.1.evil.example", false),
        ("2130706433", "2130706433", false),
        ("0x7f.1", "0x7f.1", false),
    ])
    func `are addresses only where nobody can resolve them anew`(
        host: String, name: String, isAddress: Bool
    ) throws {
        let read = try #require(HostName(host))
        #expect(read.name == name)
        #expect(read.isAddress == isAddress)
    }

    @Test(arguments: ["", ":80", "[::1", "[]"]) func `are refused if malformed`(host: String) {
        #expect(HostName(host) == nil)
    }
}
