internal import Foundation

/// Whom the kernel lets trace whom: the setting of the security module Yama.
public enum TracingRule: Hashable, Sendable {
    /// The module is absent, or at 0: any process of the same user.
    case anyOfUser
    /// At 1: descendants only, but for those with CAP_SYS_PTRACE.
    case descendants
    /// At 2: with CAP_SYS_PTRACE only, which the root of a lab has.
    case privileged
    /// At 3: nobody, until the machine starts again.
    case nobody

    static let path = "/proc/sys/kernel/yama/ptrace_scope"

    /// This machine's.
    public static var current: TracingRule {
        TracingRule((try? String(contentsOfFile: path, encoding: .utf8)) ?? "0")
    }

    init(_ text: String) {
        switch text.trimmingCharacters(in: .whitespacesAndNewlines) {
        case "1": self = .descendants
        case "2": self = .privileged
        case "3": self = .nobody
        default: self = .anyOfUser
        }
    }

    /// What the setting means for clock faults, and what to do about it.
    public var advice: String {
        switch self {
        case .anyOfUser: "Yama's ptrace_scope is 0 or absent and forbids nothing"
        case .descendants:
            "Yama's ptrace_scope is 1, which asks for CAP_SYS_PTRACE in the lab"
        case .privileged:
            "Yama's ptrace_scope is 2, which asks for CAP_SYS_PTRACE in the lab; "
                + "`sysctl kernel.yama.ptrace_scope=1` as root would do too"
        case .nobody:
            "Yama's ptrace_scope is 3, which forbids tracing to everybody until the machine "
                + "starts again; set kernel.yama.ptrace_scope=1 in /etc/sysctl.d and restart it"
        }
    }
}
