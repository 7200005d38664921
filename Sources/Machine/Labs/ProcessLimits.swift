internal import Foundation

/// What the kernel lets this process and its children have (getrlimit(2)).
///
/// A run that finds out in mid-load that there are no more descriptors or threads cannot say much;
/// so they are asked for, and refused in words, before it begins.
public struct ProcessLimits: Hashable, Sendable {
    /// Of open files; `Int.max` where there is no limit, as for the others.
    public var descriptors: Int
    /// Of virtual memory, in bytes.
    public var addressSpace: Int
    /// Of processes and threads of this user.
    public var threads: Int

    /// Some limits.
    public init(descriptors: Int, addressSpace: Int, threads: Int) {
        self.descriptors = descriptors
        self.addressSpace = addressSpace
        self.threads = threads
    }

    /// The most that this process may give itself: soft limits are raised to the hard ones first.
    public static func raised() -> ProcessLimits {
        ProcessLimits(
            descriptors: raise(RLIMIT_NOFILE.rawValue), addressSpace: raise(RLIMIT_AS.rawValue),
            // Root has as many as it likes, but for those that a control group counts.
            threads: min(
                geteuid() == 0 ? .max : raise(__RLIMIT_NPROC.rawValue), threadsOfControlGroup))
    }

    /// What a lab of so many nodes, with so many clients, needs.
    ///
    /// Measured: five nodes and ten workers took 224 descriptors, 300 workers 337; the harness has
    /// 21 threads and 2 GB of addresses, most of them never touched.
    public static func needed(nodes: Int, workers: Int) -> ProcessLimits {
        ProcessLimits(
            descriptors: 192 + 16 * nodes + 2 * workers, addressSpace: 3 << 30,
            threads: 64 + 24 * nodes)
    }

    /// Refuses a process that may not have what is needed.
    ///
    /// - Throws: `LabError.limited` with what to do.
    public func require(_ needed: ProcessLimits) throws(LabError) {
        for (what, limit, need, option) in [
            ("open files", descriptors, needed.descriptors, "-n"),
            ("bytes of virtual memory", addressSpace, needed.addressSpace, "-v"),
            ("processes and threads", threads, needed.threads, "-u"),
        ] where limit < need {
            throw .limited(what: what, limit: limit, needed: need, option: option)
        }
    }

    private static func raise(_ number: UInt32) -> Int {
        let resource = __rlimit_resource_t(number)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return .max }
        if limit.rlim_cur < limit.rlim_max {
            let soft = limit.rlim_cur
            limit.rlim_cur = limit.rlim_max
            if setrlimit(resource, &limit) != 0 { limit.rlim_cur = soft }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// `pids.max` of this process's own group; groups above it are not looked at.
    private static var threadsOfControlGroup: Int {
        guard let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else {
            return .max
        }
        let limits = groups.split(separator: "\n").compactMap { line -> Int? in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            let folder: String
            switch fields[1] {
            case "": folder = "/sys/fs/cgroup"
            case "pids": folder = "/sys/fs/cgroup/pids"
            default: return nil
            }
            let text = try? String(
                contentsOfFile: "\(folder)\(fields[2])/pids.max", encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        return limits.min() ?? .max
    }
}
