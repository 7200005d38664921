import Glibc
import Testing

@testable import Labs

@Suite struct `Limits of a process` {
    @Test func `that leave room for nodes and workers are no obstacle`() throws {
        let ample = ProcessLimits(descriptors: 1 << 20, addressSpace: .max, threads: .max)
        try ample.require(.needed(nodes: 5, workers: 300))
    }

    @Test func `are raised as far as this process may raise them`() {
        let raised = ProcessLimits.raised()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == limit.rlim_max)
        #expect(raised.descriptors == Int(clamping: limit.rlim_max))
    }

    @Test(arguments: [
        (ProcessLimits(descriptors: 256, addressSpace: .max, threads: .max), "256 open", "-n"),
        (ProcessLimits(descriptors: .max, addressSpace: 1 << 30, threads: .max), "bytes", "-v"),
        (ProcessLimits(descriptors: .max, addressSpace: .max, threads: 100), "100 proc", "-u"),
    ])
    func `that are too low are refused with the option that raises them`(
        limits: ProcessLimits, what: String, option: String
    ) throws {
        let error = #expect(throws: LabError.self) {
            try limits.require(.needed(nodes: 5, workers: 300))
        }
        let words = try #require(error).description
        #expect(words.contains("ulimit -H \(option)") && words.contains(what), "\(words)")
    }
}
