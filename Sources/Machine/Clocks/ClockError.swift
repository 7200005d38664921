/// Why the clocks of a node cannot be moved, and what to do.
public enum ClockError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No code was written for this processor.
    case unsupportedProcessor
    /// A system call failed.
    case systemCall(String, code: Int32, advice: String)
    /// The tracer does not touch this process.
    case refused(process: Int32, why: String)
    /// The tracer did not start, or is gone.
    case noTracer(why: String)
    /// A process's program was not given the substitute.
    case notSubstituted(process: Int32, why: String)

    /// What failed and what to do next.
    public var description: String {
        switch self {
        case .unsupportedProcessor:
            "clocks can be moved on x86-64 only; leave clock faults out of the plan, or run it on "
                + "such a machine"
        case .systemCall(let call, let code, let advice):
            "\(call) failed with errno \(code); \(advice)"
        case .refused(let process, let why): "process \(process) is not traced: \(why)"
        case .noTracer(let why): "the tracer that moves clocks is not running: \(why)"
        case .notSubstituted(let process, let why):
            "the clocks of process \(process) cannot be moved: \(why)"
        }
    }
}
