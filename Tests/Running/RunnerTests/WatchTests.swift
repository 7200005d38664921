import Foundation
import Results
import Testing

@testable import Runner

/// The harness watches itself.
@Suite struct `A stall of the harness` {
    @Test func `is a beat that comes late, from the last one on`() {
        var meter = StallMeter()
        for time in [0.0, 0.02, 0.04, 5.04, 5.06] { meter.beat(at: time) }
        #expect(meter.stalls == [Stall(start: 0.04, end: 5.04)])
    }

    @Test func `is no everyday delay`() {
        var meter = StallMeter()
        for beat in 0..<100 { meter.beat(at: Double(beat) * 0.12) }
        #expect(meter.stalls.isEmpty)
    }

    @Test func `that lasts at this moment is one`() {
        var meter = StallMeter()
        meter.beat(at: 1)
        #expect(meter.stalls(until: 3) == [Stall(start: 1, end: 3)])
        #expect(meter.stalls(until: 1.1).isEmpty)
    }

    @Test func `that several saw is one`() {
        let seen = [Stall(start: 4, end: 6), Stall(start: 1, end: 2), Stall(start: 5, end: 7)]
        #expect(StallMeter.merged(seen) == [Stall(start: 1, end: 2), Stall(start: 4, end: 7)])
        #expect(seen.seconds(between: 1.5, and: 4.5) == 1)
    }
}

/// What a program writes when it gives up is found, wherever it stands.
@Suite struct `A scan of a log` {
    private let file = FileManager.default.temporaryDirectory
        .appending(path: "log-\(UUID().uuidString)").path

    private func write(_ bytes: [UInt8], append: Bool = false) throws {
        let handle =
            append && FileManager.default.fileExists(atPath: file)
            ? FileHandle(forWritingAtPath: file) : nil
        if let handle {
            try handle.seekToEnd()
            try handle.write(contentsOf: bytes)
            try handle.close()
        } else {
            try Data(bytes).write(to: URL(filePath: file))
        }
    }

    @Test func `finds a panic that lies across two pieces`() throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: PanicScan.pieceSize - 5)
        try write(filler + Array("\n*** Program crashed: oh no\nmore\n".utf8))
        var scan = PanicScan(file: file, patterns: ["*** Program crashed"])
        let more1 = scan.advance()
        #expect(!more1)
        #expect(scan.panic == "*** Program crashed: oh no")
    }

    @Test func `finds what is written later, and reads nothing twice`() throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        try write(Array("all is well\n".utf8))
        var scan = PanicScan(file: file, patterns: ["panic:"])
        let more2 = scan.advance()
        #expect(!more2)
        #expect(scan.panic == nil)
        try write(Array("\u{0}\u{1} pan".utf8) + [0xff], append: true)
        _ = scan.advance()
        try write(Array("\npanic: too bad\n".utf8), append: true)
        _ = scan.advance()
        #expect(scan.panic == "panic: too bad")
    }

    @Test func `stops at its budget and goes on from there`() throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        let piece = [UInt8](repeating: UInt8(ascii: "y"), count: PanicScan.pieceSize)
        try write(piece + piece + Array("\nFatal error: x".utf8))
        var scan = PanicScan(file: file, patterns: ["Fatal error:"])
        let more3 = scan.advance(atMost: PanicScan.pieceSize)
        #expect(more3)
        #expect(scan.panic == nil)
        _ = scan.advance()
        #expect(scan.panic == "Fatal error: x")
    }

    @Test func `passes over a panic for which the node had leave, and finds the next`() throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        try write(Array("panic: no space left\npanic: no such term\n".utf8))
        var scan = PanicScan(file: file, patterns: ["panic:"]) { $0 < 21 }
        _ = scan.advance()
        #expect(scan.panic == "panic: no such term")
    }

    @Test func `passes over a panic with leave that it looks at again with what came later`() throws
    {
        defer { try? FileManager.default.removeItem(atPath: file) }
        try write(Array("panic: no space left\n".utf8))
        var scan = PanicScan(file: file, patterns: ["panic:"]) { $0 < 21 }
        _ = scan.advance()
        #expect(scan.panic == nil)
        try write(Array("panic: no such term\n".utf8), append: true)
        _ = scan.advance()
        #expect(scan.panic == "panic: no such term")
    }

    @Test func `does not wait at a pipe in a log's place`() {
        defer { unlink(file) }
        #expect(mkfifo(file, 0o600) == 0)
        var scan = PanicScan(file: file, patterns: ["x"])
        let more4 = scan.advance()
        #expect(!more4)
        #expect(LastWords.of(file) == nil)
    }

    @Test func `quotes the last lines with anything in them`() throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        try write(Array("one\ntwo\n\n  three  \n".utf8))
        #expect(LastWords.of(file, lines: 2) == "two / three")
    }
}
