internal import Injectors
internal import Results

/// Where replicas differ, and one of them was started on damaged files, that one is to blame: it had to
/// refuse them or to repair them.
extension DamageBook {
    /// What replicas say that contradicts each other, as a finding.
    func finding(_ contradiction: NodeChecks.Contradiction) -> Finding {
        var finding = contradiction.finding
        // Whoever spoke first may be the wrong one.
        if let node = finding.node, words(of: node) == nil,
            words(of: contradiction.before.node) != nil
        {
            finding.node = contradiction.before.node
        }
        return blaming(finding) ?? contradiction.finding
    }

    /// A finding about a replica that differs from others, as one about the damage that it runs on; nil
    /// if it is about something else.
    func blaming(_ finding: Finding) -> Finding? {
        switch finding.kind {
        case .divergedState, .divergedLog: break
        default: return nil
        }
        guard let node = finding.node, let damage = words(of: node) else { return nil }
        return Finding(
            .servedDamaged, node: node, detail: "\(damage); \(finding.detail)", time: finding.time)
    }
}
