import Foundation
import Testing

@testable import Clocks

@Suite(InLab.condition, .serialized) struct `Processes that are traced` {
    private func traced(
        _ program: String = InLab.program("clock-teller"), _ arguments: [String] = []
    ) async throws -> (ClockTracer, NodeClock, HeldProgram) {
        let tracer = try InLab.tracer()
        let clock = try NodeClock()
        let held = try HeldProgram(program, arguments)
        try await tracer.trace(held.number, clock)
        return (tracer, clock, held)
    }

    /// Ends the tracer, up to which the clock must live: a program finds it by the number of its
    /// descriptor when it begins, and another test's may have that number by then.
    private func close(_ tracer: ClockTracer, _ clock: NodeClock) {
        withExtendedLifetime(clock) { tracer.close() }
    }

    @Test func `their ends are what they would be`() async throws {
        let (tracer, clock, held) = try await traced("/bin/sh", ["-c", "exit 3"])
        defer { close(tracer, clock) }
        #expect(held.child.end() == .exited(3))
        for signal in [SIGTERM, SIGKILL] {
            let (tracer, clock, held) = try await traced()
            defer { close(tracer, clock) }
            _ = try held.offsets()
            kill(held.number, signal)
            #expect(held.child.end() == .signaled(signal))
        }
    }

    @Test func `they are frozen and go on as others do`() async throws {
        let (tracer, clock, held) = try await traced()
        defer {
            held.end()
            close(tracer, clock)
        }
        _ = try held.offsets()
        for _ in 1...20 {
            kill(held.number, SIGSTOP)
            #expect(eventually { held.state == "t" || held.state == "T" })
            try held.say("now")
            // Time for it to go on, if it would: that nothing happens has no event to wait for.
            usleep(2_000)
            #expect(held.state == "t" || held.state == "T", "it does not go on by itself")
            kill(held.number, SIGCONT)
            #expect(try HeldProgram.offsets(held.line()).wall.isAbout(.zero))
        }
    }

    @Test func `they outlive their tracer, and their clocks still move`() async throws {
        let (tracer, clock, held) = try await traced()
        defer { withExtendedLifetime(clock) { held.end() } }
        _ = try held.offsets()
        #expect(held.tracer == tracer.identifier)
        kill(tracer.identifier, SIGKILL)
        #expect(eventually { held.tracer == 0 })
        clock.step(by: .seconds(600))
        #expect(try held.offsets().wall.isAbout(.seconds(600)))
        let another = try HeldProgram("/bin/true")
        defer { another.end() }
        await #expect(throws: ClockError.self) { try await tracer.trace(another.number, clock) }
    }

    @Test func `a frozen one whose tracer is killed goes on when it is told to`() async throws {
        let (tracer, clock, held) = try await traced()
        defer { withExtendedLifetime(clock) { held.end() } }
        _ = try held.offsets()
        kill(held.number, SIGSTOP)
        #expect(eventually { held.state == "t" || held.state == "T" })
        kill(tracer.identifier, SIGKILL)
        #expect(eventually { held.tracer == 0 })
        kill(held.number, SIGCONT)
        #expect(try held.offsets().wall.isAbout(.zero))
    }

    @Test func `the tracer ends with its harness, and lets go`() async throws {
        let (tracer, clock, held) = try await traced()
        defer { withExtendedLifetime(clock) { held.end() } }
        _ = try held.offsets()
        tracer.close()
        #expect(eventually { held.tracer == 0 })
        #expect(eventually { [nil, "Z"].contains(HeldProgram.state(of: tracer.identifier)) })
        #expect(try held.offsets().wall.isAbout(.zero))
    }

    // MARK: Refusals

    @Test func `only children of the harness are traced`() async throws {
        let tracer = try InLab.tracer()
        defer { tracer.close() }
        let clock = try NodeClock()
        let parent = try HeldProgram(
            "/bin/sh", ["-c", "sleep 60 & echo $!; wait"])
        defer { parent.end() }
        #expect(eventually { parent.state == "T" })
        kill(parent.number, SIGCONT)
        let grandchild = try #require(Int32(parent.line()))
        defer { kill(grandchild, SIGKILL) }
        let absent: Int32 = 4_000_000
        for process in [grandchild, getpid(), absent] {
            await #expect("\(process)") {
                try await tracer.trace(process, clock)
            } throws: {
                guard case ClockError.refused(process, _) = $0 else { return false }
                return true
            }
        }
        #expect(HeldProgram.state(of: grandchild) == "S")
    }
}

@Suite struct `Whom a tracer refuses` {
    @Test func `everybody where the harness is in the host's PID namespace`() throws {
        let own = try #require(ProcessRecord.namespace(of: getpid()))
        let child = try ChildProcess(["/bin/sleep", "60"])
        defer {
            kill(child.process, SIGKILL)
            _ = child.end()
        }
        let number = child.process
        let refusal = ProcessRecord.refusal(of: number, harness: getpid(), host: own)
        #expect(refusal?.contains("host's PID namespace") == true)
        // The same child where the harness's namespace is not the host's.
        #expect(ProcessRecord.refusal(of: number, harness: getpid(), host: "pid:[1]") == nil)
    }

    @Test func `the harness itself, its parent, and who is not there`() {
        for process in [getpid(), getppid(), 4_000_000] {
            #expect(
                ProcessRecord.refusal(of: process, harness: getpid(), host: "pid:[1]") != nil)
        }
    }

    @Test(
        .enabled(
            if: ProcessRecord.namespace(of: getpid()) == ProcessRecord.hostNamespace,
            "the tests run in a container or a lab"))
    func `a real tracer refuses a child in the host's PID namespace`() async throws {
        let tracer = try InLab.tracer()
        defer { tracer.close() }
        let held = try HeldProgram("/bin/true")
        defer { held.end() }
        await #expect {
            try await tracer.trace(held.number, NodeClock())
        } throws: {
            "\($0)".contains("in a lab only")
        }
    }
}
