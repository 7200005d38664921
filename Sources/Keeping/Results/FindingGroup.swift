public import Topologies

/// Findings that have their kind and the nodes' situation in common.
public struct FindingGroup: Codable, Hashable, Sendable {
    /// What was found.
    public var kind: Finding.Kind
    /// What exactly, in words that are the same whenever it is found again; nil where the kind says
    /// all.
    public var aspect: String?
    /// What the nodes were going through.
    public var cause: Diagnosis.Cause
    /// How many findings, those that are not told one by one among them.
    public var count: Int
    /// How many on each node.
    public var nodes: [NodeName: Int]
    /// The earliest of them, by its place among the findings.
    public var first: Int
    /// The group in one sentence.
    public var sentence: String

    /// Groups the findings of a run, worst first.
    static func all(in results: RunResults) -> [FindingGroup] {
        let findings = results.findings
        let told = findings.indices.filter { findings[$0].others == nil }.sorted {
            (results.time(of: findings[$0]) ?? .infinity, $0)
                < (results.time(of: findings[$1]) ?? .infinity, $1)
        }
        let cases = told.map { place in
            let finding = findings[place]
            return Diagnosis.Case(
                anomaly: finding.anomaly, node: finding.node, behind: nil,
                situation: results.situation(of: finding))
        }
        let untold = findings.reduce(into: [:]) { $0[$1.anomaly, default: 0] += $1.others ?? 0 }
        let groups = Diagnosis.of(cases, untold: untold).map { diagnosis in
            let first = told[diagnosis.clearest]
            return FindingGroup(
                kind: findings[first].kind, aspect: findings[first].aspect, cause: diagnosis.cause,
                count: diagnosis.count, nodes: diagnosis.nodes, first: first,
                sentence: diagnosis.sentence)
        }
        return groups.sorted {
            ($0.kind.weight, $0.count, $1.first) > ($1.kind.weight, $1.count, $0.first)
        } + untoldGroups(in: findings)
    }

    /// Those of which only their number is kept.
    private static func untoldGroups(in findings: [Finding]) -> [FindingGroup] {
        findings.indices.compactMap { place in
            let finding = findings[place]
            guard let count = finding.others else { return nil }
            let name = count == 1 ? finding.anomaly : Diagnosis.plural(finding.anomaly)
            return FindingGroup(
                kind: finding.kind, aspect: finding.aspect, cause: .unknown, count: count,
                nodes: [:], first: place,
                sentence: "\(count) more \(name), of which only the number was kept")
        }
    }
}

extension Finding.Kind {
    /// What breaks a promise to clients weighs most, then what breaks a rule of Raft, then what
    /// costs availability.
    fileprivate var weight: Int {
        switch self {
        case .check: 4
        case .divergedState, .divergedLog, .twoLeaders, .wentBackward: 3
        case .servedWiped, .servedDamaged: 3
        case .panic, .unaskedExit: 2
        case .stubbornLeader, .nonsense, .notServing, .endlessElections: 1
        }
    }
}

extension RunResults {
    /// Groups what was found; comes after all findings are known, and may be done again.
    public mutating func groupFindings() { findingGroups = FindingGroup.all(in: self) }

    /// How many findings there are, those that are not told one by one among them.
    public var findingCount: Int { findings.reduce(0) { $0 + ($1.others ?? 1) } }

    /// When something was found, in seconds since the start of the load; of a panic, which a log
    /// tells without a time that is the run's, when the node's exit was noticed.
    public func time(of finding: Finding) -> Double? {
        guard finding.time == nil, finding.kind == .panic else { return finding.time }
        return findings.first { $0.kind == .unaskedExit && $0.node == finding.node }?.time
    }

    /// What the node of a finding was going through then, as a clause: `n3 was under no fault`; nil
    /// if nobody knows.
    public func clause(of finding: Finding, explaining: Bool = true) -> String? {
        guard let node = finding.node else { return nil }
        let clause = situation(of: finding).clause(faults, explaining: explaining)
        return clause.isEmpty ? nil : "\(node) \(clause)"
    }

    fileprivate func situation(of finding: Finding) -> Situation {
        Situation(
            of: finding.node, at: time(of: finding), faults: faults,
            observations: observations ?? [])
    }
}
