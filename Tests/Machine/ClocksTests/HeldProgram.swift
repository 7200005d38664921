import Foundation
import Testing

@testable import Clocks

/// Tests that trace run inside of namespaces of their own, which `make test` makes for them
/// (`.ci/in-lab`).
enum InLab {
    static let condition: ConditionTrait = .enabled(
        if: ProcessInfo.processInfo.environment["WHITEWATER_IN_LAB"] == "1",
        "needs a PID namespace of its own: `make test` runs it inside of a lab")

    /// The folder of this package's programs: that of the test bundle.
    static let programs: URL = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let folders = ([own].compactMap { $0 } + CommandLine.arguments)
            .map { URL(filePath: $0).deletingLastPathComponent() }
        return folders.first {
            FileManager.default.isExecutableFile(atPath: $0.appending(path: "whitewater").path)
        } ?? URL(filePath: ".")
    }()

    static func program(_ name: String) -> String { programs.appending(path: name).path }

    static func tracer() throws -> ClockTracer {
        try ClockTracer(program: program("whitewater"), arguments: ["trace-clocks"])
    }
}

/// A child of the tests that stops itself before it becomes the program that is wanted.
struct HeldProgram {
    let child: ChildProcess

    init(_ program: String, _ arguments: [String] = []) throws {
        child = try ChildProcess.held([program] + arguments)
    }

    var number: Int32 { child.process }

    /// One line of the program's output.
    func line() -> String {
        var (line, byte): ([UInt8], UInt8) = ([], 0)
        while true {
            let count = read(child.output, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != 10 else { break }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    func say(_ word: String) throws { try #require(child.say(word)) }

    /// What a program's clocks show, by how much they are ahead of the kernel's.
    func offsets(_ word: String = "now") throws -> (wall: Duration, monotonic: Duration) {
        try say(word)
        return try Self.offsets(line())
    }

    static func offsets(_ line: String) throws -> (wall: Duration, monotonic: Duration) {
        let numbers = line.split(separator: " ").compactMap { Int64($0) }
        try #require(numbers.count == 2, "\(line)")
        return (
            .nanoseconds(numbers[0]) - KernelTime.wall,
            .nanoseconds(numbers[1]) - KernelTime.monotonic
        )
    }

    /// Ends it, once.
    func end() {
        kill(number, SIGKILL)
        _ = child.end()
        child.close()
    }

    /// The letter of its state in /proc.
    var state: Character? { Self.state(of: number) }

    static func state(of process: Int32) -> Character? {
        let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return stat.flatMap { $0[($0.lastIndex(of: ")") ?? $0.startIndex)...].dropFirst(2).first }
    }

    /// The number of the process that traces it; 0 if none does.
    var tracer: Int32? {
        let status = try? String(contentsOfFile: "/proc/\(number)/status", encoding: .utf8)
        return status?.split(separator: "\n").first { $0.hasPrefix("TracerPid:") }
            .flatMap { Int32($0.dropFirst(10).trimmingCharacters(in: .whitespaces)) }
    }
}

extension Duration {
    /// Whether two times are the same, but for what lies between two looks at a clock on a machine
    /// that is busy.
    func isAbout(_ other: Duration) -> Bool { abs((self - other) / .seconds(1)) < 5 }
}

/// Waits until the condition holds; false if it does not within a time.
func eventually(_ condition: () -> Bool, within time: Duration = .seconds(20)) -> Bool {
    let deadline = ContinuousClock.now + time
    while ContinuousClock.now < deadline {
        if condition() { return true }
        // Between two looks at another process, whose state announces itself to nobody.
        usleep(1_000)
    }
    return condition()
}
