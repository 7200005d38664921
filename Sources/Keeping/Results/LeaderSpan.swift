public import Topologies

/// A time in which one node led one term, as nodes said of themselves.
public struct LeaderSpan: Codable, Hashable, Sendable {
    /// Who led.
    public var leader: NodeName
    /// In which term.
    public var term: Int
    /// From when on, in seconds since the start of the load.
    public var start: Double
    /// Until when; nil to the end of what was seen.
    public var end: Double?

    /// By time: whoever claims the highest term.
    public static func all(in observations: [NodeObservation]) -> [LeaderSpan] {
        var spans: [LeaderSpan] = []
        var claims: [NodeName: Int] = [:]
        for observation in observations {
            claims[observation.node] = observation.role == .leader ? observation.term : nil
            let present = claims.max { ($0.value, $1.key) < ($1.value, $0.key) }
            if let last = spans.last, last.end == nil {
                if let present, present.key == last.leader, present.value == last.term { continue }
                spans[spans.count - 1].end = observation.time
            }
            guard let present else { continue }
            spans.append(
                LeaderSpan(
                    leader: present.key, term: present.value, start: observation.time, end: nil))
        }
        return spans
    }
}
