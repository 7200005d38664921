internal import Foundation
internal import Glibc

/// The process that serves one disk, until it has been waited for.
///
/// Started without Foundation, whose processes need a run loop to be waited for.
struct ServerProcess: Sendable {
    /// Its number; it stays its own until ``end()``.
    let number: Int32

    /// Starts a program with three descriptors.
    ///
    /// - Throws: `DiskError` if it does not start.
    init(
        _ program: String, _ arguments: [String], input: Int32, output: Int32, errors: Int32,
        disk: String
    ) throws(DiskError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var number: Int32 = 0
        let code = posix_spawn(&number, program, &actions, nil, &words, environ)
        guard code == 0 else {
            throw .server(disk: disk, why: "\(program) does not start, errno \(code)")
        }
        self.number = number
    }

    /// Whether it has ended; it stays to be waited for.
    var hasEnded: Bool {
        var info = siginfo_t()
        let result = waitid(P_PID, id_t(number), &info, WEXITED | WNOHANG | WNOWAIT)
        return result != 0 || info.si_signo != 0
    }

    /// Kills it if it has not ended, and waits for its end.
    func end() async {
        kill(number, SIGKILL)
        _ = await wait()
    }

    /// Waits for its end.
    ///
    /// - Returns: its wait status.
    func wait() async -> Int32 {
        let number = number
        return await withCheckedContinuation { continuation in
            // Waits in waitpid(2), which must not hold a thread of the concurrency pool.
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(number, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
    }
}
