import Foundation

/// CPU time and memory of this process.
final class Usage {
    /// What was used since the last lap.
    struct Lap {
        /// CPU seconds of all threads.
        let seconds: Double
        /// The most resident memory since the start of the file.
        let peakBytes: Int
    }

    private var last = Usage.cpuSeconds
    private let marksPeak: Bool

    /// Starts anew, with the kernel's mark of the highest memory where it is now if that is asked
    /// for: it costs more than a small file.
    init(marksPeak: Bool) {
        self.marksPeak = marksPeak
        guard marksPeak else { return }
        // Without this right the mark is that of the whole process, which is more, never less.
        try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    }

    func lap() -> Lap {
        let now = Self.cpuSeconds
        defer { last = now }
        return Lap(seconds: now - last, peakBytes: marksPeak ? Self.peakBytes : 0)
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var peakBytes: Int {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1_024
    }
}
