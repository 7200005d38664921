/// What the harness and its tracer say to each other, a line each.
enum TracerMessage: Hashable, CustomStringConvertible {
    /// Trace a process that stops itself soon, and let it go on with the clock of this file.
    case trace(process: Int32, file: String)
    /// The process is traced and goes on.
    case tracing(process: Int32)
    /// The process is not traced.
    case refused(process: Int32, why: String)
    /// A process runs a program with the substitute.
    case substituted(process: Int32)
    /// A process runs a program with true clocks.
    case failed(process: Int32, why: String)

    /// Reads a line; nil if it is none of these.
    init?(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count >= 2, let process = Int32(words[1]) else { return nil }
        switch (words[0], words.count == 3 ? words[2] : nil) {
        case ("trace", let file?): self = .trace(process: process, file: file)
        case ("tracing", nil): self = .tracing(process: process)
        case ("refused", let why?): self = .refused(process: process, why: why)
        case ("substituted", nil): self = .substituted(process: process)
        case ("failed", let why?): self = .failed(process: process, why: why)
        default: return nil
        }
    }

    /// The line.
    var description: String {
        switch self {
        case .trace(let process, let file): "trace \(process) \(file)"
        case .tracing(let process): "tracing \(process)"
        case .refused(let process, let why): "refused \(process) \(why)"
        case .substituted(let process): "substituted \(process)"
        case .failed(let process, let why): "failed \(process) \(why)"
        }
    }
}
