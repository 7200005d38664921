internal import Faults

extension RunResults {
    /// Numbers that no run can have had, by the name of what holds them; empty for results as this
    /// program writes them.
    ///
    /// A file may have been edited or damaged; what is refused here needs no care anywhere else.
    public func impossibleNumbers() -> [String] {
        var found: [String] = []
        func require(_ isPossible: Bool, _ name: String) {
            if !isPossible { found.append(name) }
        }
        func isTime(_ seconds: Double) -> Bool { abs(seconds) < 1e10 }
        for (name, counts) in counts {
            require(
                [counts.ok, counts.fail, counts.info, counts.refused ?? 0]
                    .allSatisfy { (0..<1 << 50) ~= $0 }, "counts.\(name)")
        }
        require(
            [timings.setUp, timings.load, timings.ending, timings.tearDown, timings.check]
                .allSatisfy { isTime($0) && $0 >= 0 }, "timings")
        require(loadBegan.map { abs($0) < 1e12 } ?? true, "loadBegan")
        require((workers ?? 1) > 0, "workers")
        require(
            rate.map { (0..<1e12) ~= ($0.asked ?? 0) && (0..<1e12) ~= $0.reached } ?? true, "rate")
        for fault in faults {
            require(
                isTime(fault.start) && isTime(fault.end) && isTime(fault.injectionTime)
                    && isTime(fault.recovered ?? 0), "faults[\(fault.number)]")
        }
        for (place, observation) in (observations ?? []).enumerated() {
            require(
                isTime(observation.time) && (observation.term ?? 0) >= 0, "observations[\(place)]")
        }
        for (place, stall) in (stalls ?? []).enumerated() {
            require(isTime(stall.start) && isTime(stall.end), "stalls[\(place)]")
        }
        for (place, key) in keys.enumerated() {
            require(
                key.operations >= 0 && key.configurations >= 0 && isTime(key.seconds),
                "keys[\(place)]")
        }
        require(findings.allSatisfy { (0..<1 << 50) ~= $0.others ?? 0 }, "findings")
        require(
            (findingGroups ?? []).allSatisfy {
                findings.indices.contains($0.first) && (0..<1 << 50) ~= $0.count
            }, "findingGroups")
        require(firstViolation.map(isTime) ?? true, "firstViolation")
        if let early {
            require(
                early.violations.allSatisfy { isTime($0.broken) && isTime($0.said) }
                    && early.findings.allSatisfy { isTime($0.said) }
                    && (0..<1 << 50) ~= early.retired && (0..<1 << 50) ~= early.decided, "early")
        }
        if let digest { found += digest.impossibleNumbers().map { "digest.\($0)" } }
        return found
    }
}
