import Foundation

/// A program that tells what its clocks show, for tests that move them.
///
/// Each line of its input is answered by one of its output: the wall clock and the monotonic one
/// in nanoseconds. `exec` lets it become a new program, `fork` answers through a child's child.
@main enum ClockTeller {
    static func main() {
        while let line = readLine() {
            switch line {
            case "exec": become(CommandLine.arguments)
            case "child": child()
            default: tell()
            }
        }
    }

    private static func now(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func tell() {
        print(now(CLOCK_REALTIME), now(CLOCK_MONOTONIC))
        fflush(nil)
    }

    private static func become(_ arguments: [String]) {
        var words = arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &words)
    }

    /// Another process of this program, started from another thread than the first.
    private static func child() {
        let path = CommandLine.arguments[0]
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let command = ["/bin/sh", "-c", "echo now | \"$0\"", path]
            var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
            var child: pid_t = 0
            posix_spawn(&child, "/bin/sh", nil, nil, &words, environ)
            waitpid(child, nil, 0)
            done.signal()
        }
        done.wait()
    }
}
