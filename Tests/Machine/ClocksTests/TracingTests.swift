import Foundation
import Testing

@testable import Clocks

@Suite(InLab.condition, .serialized) struct `Programs whose clocks are moved` {
    private static let hour = Duration.seconds(3_600)

    /// A program that prints its wall and its monotonic clock in nanoseconds, once.
    struct Teller: CustomTestStringConvertible {
        let testDescription: String
        let program: String
        var arguments: [String] = []
    }

    private static let cSource = """
        #include <stdio.h>
        #include <time.h>
        static long long now(clockid_t clock) {
            struct timespec time;
            clock_gettime(clock, &time);
            return time.tv_sec * 1000000000ll + time.tv_nsec;
        }
        int main(void) {
            printf("%lld %lld\\n", now(CLOCK_REALTIME), now(CLOCK_MONOTONIC));
            return 0;
        }
        """

    private static let goSource = """
        package main
        import (
            "fmt"
            "time"
        )
        // Go has no other way to its monotonic clock than differences and timers' deadlines.
        func main() { fmt.Println(time.Now().UnixNano(), 0) }
        """

    private static let python =
        "import time; print(time.time_ns(), time.monotonic_ns())"

    /// Compiles a source in a temporary folder; nil where there is no such compiler.
    private static func compile(
        _ source: String, _ file: String, _ command: (String, String) -> [String]
    ) -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try? source.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
        let words = command("\(folder)/\(file)", "\(folder)/program")
        let environment = ["/usr/bin/env", "GOCACHE=\(folder)/cache", "GO111MODULE=off"]
        guard let compiler = try? ChildProcess(environment + words) else { return nil }
        defer { compiler.close() }
        _ = compiler.readAll()
        return compiler.end() == .exited(0) ? "\(folder)/program" : nil
    }

    private static let tellers: [Teller] = {
        var tellers = [
            Teller(testDescription: "Swift", program: InLab.program("clock-teller"))
        ]
        for mode in ["-static", "-dynamic"] {
            if let program = compile(cSource, "teller.c", { ["clang", mode, $0, "-o", $1] }) {
                tellers.append(Teller(testDescription: "C \(mode)", program: program))
            }
        }
        if let program = compile(goSource, "teller.go", { ["go", "build", "-o", $1, $0] }) {
            tellers.append(Teller(testDescription: "Go", program: program))
        }
        tellers.append(
            Teller(
                testDescription: "Python", program: "/usr/bin/env",
                arguments: ["python3", "-c", python]))
        return tellers
    }()

    @Test(arguments: tellers)
    func `a program reads its node's clock from its first instruction on`(
        teller: Teller
    ) async throws {
        let tracer = try InLab.tracer()
        defer { tracer.close() }
        let clock = try NodeClock()
        defer { withExtendedLifetime(clock) {} }
        clock.step(by: Self.hour)
        let held = try HeldProgram(teller.program, teller.arguments)
        defer { held.end() }
        try await tracer.trace(held.number, clock)
        if teller.testDescription == "Swift" { try held.say("now") }
        let line = held.line()
        #expect(try HeldProgram.offsets(line).wall.isAbout(Self.hour), "\(line)")
        #expect(clock.reading(of: .wall).offset.isAbout(Self.hour))
        #expect(tracer.failures.isEmpty)
        #expect(eventually { tracer.programs(of: held.number) >= 1 })
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: ".tools/usr/bin/etcd"),
            "needs etcd: `make setup-etcd`"))
    func `etcd, a large program in Go, reads both its clocks`() async throws {
        let tracer = try InLab.tracer()
        defer { tracer.close() }
        let clock = try NodeClock()
        defer { withExtendedLifetime(clock) {} }
        clock.step(by: Self.hour)
        clock.run(at: 3)
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let held = try HeldProgram(".tools/usr/bin/etcd", ["--data-dir", folder])
        defer { held.end() }
        try await tracer.trace(held.number, clock)
        let before = clock.reading(of: .monotonic)
        #expect(
            eventually {
                clock.reading(of: .wall).reads > 10
                    && clock.reading(of: .monotonic).reads > before.reads + 100
            })
        #expect(clock.reading(of: .wall).offset.isAbout(Self.hour))
        #expect(clock.reading(of: .monotonic).offset > .milliseconds(1))
    }

    @Test func `clocks move while a program runs, and heal`() async throws {
        let tracer = try InLab.tracer()
        defer { tracer.close() }
        let clock = try NodeClock()
        defer { withExtendedLifetime(clock) {} }
        let held = try HeldProgram(InLab.program("clock-teller"))
        defer { held.end() }
        try await tracer.trace(held.number, clock)
        #expect(try held.offsets().wall.isAbout(.zero))
        for step in [Self.hour, .seconds(-7_200), .seconds(90)] {
            clock.step(by: step)
        }
        #expect(try held.offsets().wall.isAbout(.seconds(-3_510)))
        #expect(try held.offsets().monotonic.isAbout(.zero))
        clock.run(at: 1_000)
        #expect(eventually { (try? held.offsets().monotonic) ?? .zero > .seconds(90) })
        clock.heal(.wall)
        clock.heal(.monotonic)
        let (wall, monotonic) = try held.offsets()
        #expect(wall.isAbout(.zero))
        #expect(monotonic > .seconds(90), "a monotonic clock never goes back")
        #expect(try held.offsets().monotonic.isAbout(monotonic))
    }

    @Test func `a new program of the process and a child of another thread have the same clock`()
        async throws
    {
        let tracer = try InLab.tracer()
        defer { tracer.close() }
        let clock = try NodeClock()
        defer { withExtendedLifetime(clock) {} }
        let held = try HeldProgram(InLab.program("clock-teller"))
        defer { held.end() }
        try await tracer.trace(held.number, clock)
        #expect(try held.offsets().wall.isAbout(.zero))
        clock.step(by: Self.hour)
        #expect(eventually { tracer.programs(of: held.number) == 1 })
        let before = tracer.programs(of: held.number)
        try held.say("exec")
        // What is said before the new program reads would be in the old one's buffer.
        #expect(eventually { tracer.programs(of: held.number) == before + 1 })
        #expect(try held.offsets().wall.isAbout(Self.hour))
        #expect(try held.offsets("child").wall.isAbout(Self.hour))
        #expect(tracer.failures.isEmpty)
    }

    @Test func `nothing leaks: other processes keep the true time throughout`() async throws {
        let tracer = try InLab.tracer()
        defer { tracer.close() }
        let (clock, other) = (try NodeClock(), try NodeClock())
        defer { withExtendedLifetime((clock, other)) {} }
        let held = try HeldProgram(InLab.program("clock-teller"))
        let neighbour = try HeldProgram(InLab.program("clock-teller"))
        let bystander = try HeldProgram(InLab.program("clock-teller"))
        defer { for program in [held, neighbour, bystander] { program.end() } }
        try await tracer.trace(held.number, clock)
        try await tracer.trace(neighbour.number, other)
        #expect(eventually { bystander.state == "T" })
        kill(bystander.number, SIGCONT)
        clock.run(at: 20)
        for round in 1...50 {
            clock.step(by: Self.hour)
            #expect(try held.offsets().wall.isAbout(Self.hour * round))
            for spared in [neighbour, bystander] {
                let (wall, monotonic) = try spared.offsets()
                #expect(wall.isAbout(.zero) && monotonic.isAbout(.zero))
            }
            // This process's own clocks, as its C library reads them.
            #expect(
                Duration.seconds(Date().timeIntervalSince1970).isAbout(KernelTime.wall))
        }
    }

    @Test func `the doctor's proof finds a child an hour ahead`() async throws {
        let ahead = try await ClockProof.run { () throws(ClockError) in
            try ClockTracer(program: InLab.program("whitewater"), arguments: ["trace-clocks"])
        }
        #expect(ahead.isAbout(Self.hour))
    }
}
