internal import Glibc

/// What wait(2) says of a traced process, in the words of ptrace(2).
enum WaitStatus: Hashable {
    /// It has ended.
    case ended
    /// It has begun to run another program, and stands inside of execve.
    case executed
    /// It enters or leaves a system call.
    case systemCall
    /// It has made a child or a thread.
    case multiplied
    /// It is stopped with its group by this signal, until it gets SIGCONT.
    case groupStopped(Int32)
    /// It is new, or has been continued after it was stopped with its group.
    case trapped
    /// This signal is about to be delivered.
    case signal(Int32)

    /// Decodes the number that waitpid(2) gave.
    init(_ status: Int32) {
        guard status & 0xff == 0x7f else {
            self = .ended
            return
        }
        let signal = status >> 8 & 0xff
        switch status >> 16 {
        case Self.eventExec: self = .executed
        case Self.eventFork, Self.eventVfork, Self.eventClone: self = .multiplied
        case Self.eventStop:
            let stops = [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]
            self = stops.contains(signal) ? .groupStopped(signal) : .trapped
        // With PTRACE_O_TRACESYSGOOD.
        case 0 where signal == SIGTRAP | 0x80: self = .systemCall
        default: self = .signal(signal)
        }
    }

    private static let eventFork: Int32 = 1
    private static let eventVfork: Int32 = 2
    private static let eventClone: Int32 = 3
    private static let eventExec: Int32 = 4
    private static let eventStop: Int32 = 128
}
