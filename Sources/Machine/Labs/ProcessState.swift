internal import Foundation

/// What the kernel says of a process: the letter in /proc/PID/stat.
public enum ProcessState: Hashable, Sendable {
    /// Running, or waiting for something (R, S, D, I).
    case alive
    /// Stopped by a signal (T).
    case stopped
    /// Ended, but not yet waited for (Z, X).
    case dead
    /// There is no such process.
    case absent

    /// Reads the state of a process of this PID namespace.
    public init(of process: Int32) {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The name before it may hold anything, parentheses too.
            let end = stat.lastIndex(of: ")")
        else {
            self = .absent
            return
        }
        switch stat[end...].dropFirst(2).first {
        case "T", "t": self = .stopped
        case "Z", "X": self = .dead
        default: self = .alive
        }
    }
}
