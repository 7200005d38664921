internal import CClocks
internal import Glibc

/// The process that traces a lab's nodes: at each exec it maps the substitute into the new program.
///
/// It is a process of its own with one thread: ptrace(2) belongs to a thread, and a process that
/// both traces its children and waits for them takes its own stops for their ends. It traces
/// children of its parent, the harness, and what they start; no others. When the harness is gone,
/// its standard input ends and so does it; the kernel then lets all that it traced go on.
public struct Tracer {
    /// The files of clocks by the processes that use them.
    private var files: [Int32: String] = [:]
    /// Processes by their threads.
    private var groups: [Int32: Int32] = [:]
    /// Processes that have not stopped themselves yet.
    private var starting: Set<Int32> = []
    private var input = LineReader(descriptor: STDIN_FILENO)

    /// `__WALL` of wait(2): threads too, whatever signal they end with.
    private static let allKinds = Int32(0x4000_0000)

    /// A tracer that traces nothing yet.
    public init() {}

    /// Serves requests on the standard input until it ends.
    public mutating func run() throws(ClockError) {
        let signals = cclocks_child_signals()
        guard signals >= 0 else {
            throw .systemCall("signalfd", code: -signals, advice: "is there a free descriptor?")
        }
        while true {
            var polled = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, 2, -1) >= 0 || errno == EINTR else {
                throw .systemCall("poll", code: errno, advice: "this should not happen")
            }
            if polled[1].revents != 0 { drain(signals) }
            followAll()
            if polled[0].revents != 0 {
                guard let lines = input.readLines() else { return }
                for case .trace(let process, let file)? in lines.map(TracerMessage.init) {
                    trace(process, file)
                }
            }
        }
    }

    /// One signal may stand for many children.
    private func drain(_ signals: Int32) {
        var bytes = [UInt8](repeating: 0, count: 128)
        while read(signals, &bytes, bytes.count) > 0 {}
    }

    private func say(_ message: TracerMessage) {
        let bytes = Array("\(message)\n".utf8)
        // Lines are shorter than what a pipe writes at once; a harness that is gone hears nothing.
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }

    private mutating func trace(_ process: Int32, _ file: String) {
        let harness = getppid()
        if let why = ProcessRecord.refusal(of: process, harness: harness) {
            return say(.refused(process: process, why: why))
        }
        let error = cclocks_seize(process)
        guard error == 0 else {
            return say(
                .refused(
                    process: process,
                    why: "PTRACE_SEIZE failed with errno \(error); \(TracingRule.current.advice)"))
        }
        files[process] = file
        groups[process] = process
        starting.insert(process)
    }

    // MARK: Following

    private mutating func followAll() {
        var status: Int32 = 0
        while true {
            let process = waitpid(-1, &status, WNOHANG | Self.allKinds)
            guard process > 0 else { return }
            follow(process, WaitStatus(status))
        }
    }

    private mutating func follow(_ process: Int32, _ status: WaitStatus) {
        if status != .ended, groups[process] == nil { adopt(process) }
        switch status {
        case .ended: forget(process)
        case .executed: enterProgram(process)
        case .groupStopped:
            _ = cclocks_stay_stopped(process)
            if starting.remove(process) != nil {
                kill(process, SIGCONT)
                say(.tracing(process: process))
            }
        case .signal(let signal): _ = cclocks_continue(process, signal)
        case .systemCall, .multiplied, .trapped: _ = cclocks_continue(process, 0)
        }
    }

    /// Finds out whose thread or child a new one is.
    private mutating func adopt(_ process: Int32) {
        guard let record = ProcessRecord(of: process) else { return }
        groups[process] = record.group
        if files[record.group] == nil { files[record.group] = files[record.parent] }
    }

    private mutating func forget(_ process: Int32) {
        groups[process] = nil
        files[process] = nil
        if starting.remove(process) != nil {
            say(.refused(process: process, why: "it ended before it was started"))
        }
    }

    /// Lets a program that has just been loaded begin, with the substitute.
    private mutating func enterProgram(_ process: Int32) {
        guard let file = files[process] else {
            _ = cclocks_continue(process, 0)
            return say(.failed(process: process, why: "its parent ended before it was known"))
        }
        do throws(ClockError) {
            try leaveExec(process)
            var tracee = try Tracee(process: process)
            defer { tracee.close() }
            try Substitution(file: file).apply(to: &tracee)
            say(.substituted(process: process))
        } catch {
            say(.failed(process: process, why: "\(error)"))
        }
        _ = cclocks_continue(process, 0)
    }

    /// From inside of execve to its end, where registers may be set.
    private func leaveExec(_ process: Int32) throws(ClockError) {
        while true {
            let error = cclocks_continue_to_system_call(process)
            guard error == 0 else {
                throw .systemCall("ptrace", code: error, advice: "the process may have ended")
            }
            var status: Int32 = 0
            guard waitpid(process, &status, Self.allKinds) == process else {
                throw .systemCall("waitpid", code: errno, advice: "the process may have ended")
            }
            switch WaitStatus(status) {
            case .systemCall: return
            case .ended: throw .notSubstituted(process: process, why: "it ended meanwhile")
            case .executed, .multiplied, .groupStopped, .trapped, .signal: continue
            }
        }
    }
}

/// Lines from a descriptor.
struct LineReader {
    private let descriptor: Int32
    private var rest: [UInt8] = []

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Waits for some bytes, and gives the lines that are whole by then; nil at the end.
    mutating func readLines() -> [String]? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &bytes, bytes.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else { return nil }
        rest += bytes.prefix(count)
        var lines: [String] = []
        while let end = rest.firstIndex(of: 10) {
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeSubrange(...end)
        }
        return lines
    }
}
