internal import CClocks
internal import Glibc

/// A child of this process, with ways to its input and from its output.
///
/// It is waited for by its number alone, and by nobody else: a process that is traced must be
/// reaped by its tracer first and by its parent then.
struct ChildProcess {
    /// How it ended.
    enum End: Hashable {
        case exited(Int32)
        case signaled(Int32)
    }

    /// Its number.
    let process: Int32
    /// Where its input is written to.
    let input: Int32
    /// Where its output is read from.
    let output: Int32

    /// Starts a program.
    ///
    /// - Parameter command: its path and its arguments.
    /// - Throws: `ClockError.systemCall` if it does not start.
    init(_ command: [String]) throws(ClockError) {
        var (inputs, outputs): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        // Sockets, not pipes: that a child is gone must not end this process with SIGPIPE.
        let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, stream, 0, &inputs) == 0,
            socketpair(AF_UNIX, stream, 0, &outputs) == 0
        else {
            throw .systemCall("socketpair", code: errno, advice: "is there a free descriptor?")
        }
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        let process = cclocks_spawn(command[0], &words, inputs[0], outputs[1])
        for word in words { free(word) }
        _ = Glibc.close(inputs[0])
        _ = Glibc.close(outputs[1])
        guard process > 0 else {
            _ = Glibc.close(inputs[1])
            _ = Glibc.close(outputs[0])
            throw .systemCall(
                "start of \(command[0])", code: -process, advice: "is it there, and may it run?")
        }
        (self.process, input, output) = (process, inputs[1], outputs[0])
    }

    /// A shell that stops itself, and becomes the program when it is continued.
    static func held(_ command: [String]) throws(ClockError) -> ChildProcess {
        try ChildProcess(["/bin/sh", "-c", "kill -STOP $$; exec \"$0\" \"$@\""] + command)
    }

    /// Waits for its end.
    func end() -> End {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signaled(status & 0x7f)
    }

    /// Writes a line to its input; false if it does not listen.
    func say(_ line: String) -> Bool {
        let bytes = Array((line + "\n").utf8)
        return send(input, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// All that it prints until its end.
    func readAll() -> String {
        var (all, bytes): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 4_096))
        while true {
            let count = read(output, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += bytes.prefix(count)
        }
    }

    /// Closes both ways.
    func close() {
        _ = Glibc.close(input)
        _ = Glibc.close(output)
    }
}
