public import Topologies

/// Why a lab could not be built or used, and what to do.
public enum LabError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A program is missing; the Debian package that has it.
    case missingProgram(String, package: String)
    /// A command of the set-up failed.
    case commandFailed(command: String, status: String, output: String)
    /// A system call failed.
    case systemCall(String, code: Int32, advice: String)
    /// A process could not be started.
    case notStarted(node: NodeName, why: String)
    /// A process is not in the state that was asked for.
    case notRunning(node: NodeName, action: String)
    /// A condition did not come about in time.
    case timedOut(what: String, after: Duration, advice: String)
    /// This process may have less of something than a lab needs; the option of `ulimit` for it.
    case limited(what: String, limit: Int, needed: Int, option: String)
    /// This machine, or the namespace that the harness was started in, cannot reach itself.
    case noLoopback(code: Int32)
    /// The new namespaces could not be entered.
    case noNamespaces(why: String)

    /// What failed and what to do next.
    public var description: String {
        switch self {
        case .missingProgram(let name, let package):
            "the program \(name) is missing; \(Distribution.current.installing(package))"
        case .commandFailed(let command, let status, let output):
            "`\(command)` failed (\(status))" + (output.isEmpty ? "" : ": \(output)")
        case .systemCall(let call, let code, let advice):
            "\(call) failed with errno \(code); \(advice)"
        case .notStarted(let node, let why): "the process of \(node) did not start: \(why)"
        case .notRunning(let node, let action): "cannot \(action) \(node): it is not running"
        case .timedOut(let what, let time, let advice):
            "\(what) within \(time.formattedSeconds); \(advice)"
        case .limited(let what, let limit, let needed, let option):
            "this process may have \(limit) \(what), and the run needs up to \(needed): raise the "
                + "limit (`ulimit -H \(option)` shows it; limits.conf(5) sets it), or ask for fewer "
                + "nodes and workers"
        case .noLoopback(let code):
            "the loopback interface is down (errno \(code)): `ip link set lo up` brings it up"
        case .noNamespaces(let why):
            "no lab can be made on this machine: \(why). An ordinary user needs user namespaces: "
                + "\(Distribution.current.allowingUserNamespaces); `whitewater doctor` says more"
        }
    }
}
