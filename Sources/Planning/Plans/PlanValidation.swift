internal import Yams

private import struct Topologies.IPv4Address

extension Plan {
    /// Refuses what no run could do, as far as the plan's own keys tell; systems and workloads
    /// judge their sections themselves.
    ///
    /// - Throws: `PlanError` that begins with the key.
    public func validate() throws(PlanError) {
        try PlanError.require(
            name != "latest", "name: 'latest' is the link to the last run; choose another")
        try PlanError.require(
            !name.isEmpty && name.count <= 100
                && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
                && name.first != ".",
            "name: '\(name)' is no folder's name; use up to 100 letters, digits, - and _")
        try PlanError.require((1...99).contains(nodes), "nodes: \(nodes) is not between 1 and 99")
        try PlanError.require(
            IPv4Address(network).map { $0.number & 0xff == 0 } ?? false,
            "network: '\(network)' is no network's address; write one that ends in .0, such as "
                + "10.77.0.0")
        let workers = concurrency.count(nodes: nodes)
        try PlanError.require(
            workers <= 10_000, "concurrency: \(workers) workers are more than 10000")
        try faults.validate(nodes: nodes, timeLimit: timeLimit)
        try checker.validate()
    }

    /// The plan as YAML, every default and the seed included.
    public var yaml: String {
        get throws {
            let encoder = YAMLEncoder()
            encoder.options.sortKeys = false
            return try encoder.encode(self)
        }
    }
}
