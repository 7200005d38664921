import Glibc
import Testing

@testable import Clocks

@Suite struct `What the tracer hears and says` {
    @Test(arguments: [
        TracerMessage.trace(process: 7, file: "/proc/1/fd/9"), .tracing(process: 7),
        .refused(process: 8, why: "it is a child of process 1"), .substituted(process: 9),
        .failed(process: 10, why: "its program is not a 64-bit one"),
    ])
    func `a message is read as it was written`(message: TracerMessage) {
        #expect(TracerMessage(message.description) == message)
    }

    @Test(arguments: ["", "trace", "trace x /proc/1/fd/9", "trace 7", "tracing 7 8", "hello 1"])
    func `what is no message is not taken for one`(line: String) {
        #expect(TracerMessage(line) == nil)
    }

    @Test func `the kernel's numbers are told apart`() {
        #expect(WaitStatus(0) == .ended)
        #expect(WaitStatus(SIGKILL) == .ended)
        #expect(WaitStatus(0x7f | SIGTERM << 8) == .signal(SIGTERM))
        #expect(WaitStatus(0x7f | SIGSTOP << 8) == .signal(SIGSTOP))
        #expect(WaitStatus(0x7f | (SIGTRAP | 0x80) << 8) == .systemCall)
        #expect(WaitStatus(0x7f | SIGTRAP << 8 | 4 << 16) == .executed)
        #expect(WaitStatus(0x7f | SIGTRAP << 8 | 1 << 16) == .multiplied)
        #expect(WaitStatus(0x7f | SIGTRAP << 8 | 3 << 16) == .multiplied)
        #expect(WaitStatus(0x7f | SIGTRAP << 8 | 128 << 16) == .trapped)
        #expect(WaitStatus(0x7f | SIGSTOP << 8 | 128 << 16) == .groupStopped(SIGSTOP))
    }

    @Test func `Yama's setting is named, with what to do where it forbids tracing`() {
        #expect(TracingRule("0\n") == .anyOfUser)
        #expect(TracingRule("1\n") == .descendants)
        #expect(TracingRule("2\n").advice.contains("CAP_SYS_PTRACE"))
        #expect(TracingRule("3\n").advice.contains("restart"))
    }
}
