public import Topologies

/// A time in which one node led one term, as nodes said of themselves.
public struct LeaderSpan: Codable, Hashable, Sendable {
    /// Who led.
    public var leader: NodeName
    /// In which term, if nodes tell.
    public var term: Int?
    /// From when on, in seconds since the start of the load.
    public var start: Double
    /// Until when; nil to the end of what was seen.
    public var end: Double?

    /// By time: whoever claims the highest term, or claimed last where nodes tell no terms.
    public static func all(in observations: [NodeObservation]) -> [LeaderSpan] {
        var spans: [LeaderSpan] = []
        var claims: [NodeName: Claim] = [:]
        for (place, observation) in observations.enumerated() {
            if observation.role == .leader {
                let isNew = claims[observation.node]?.term != observation.term
                claims[observation.node] = Claim(
                    term: observation.term,
                    place: isNew ? place : claims[observation.node]?.place ?? place)
            } else {
                claims[observation.node] = nil
            }
            let present = claims.max { $0.value.isBelow($1.value, $0.key > $1.key) }
            if let last = spans.last, last.end == nil {
                if let present, present.key == last.leader, present.value.term == last.term {
                    continue
                }
                spans[spans.count - 1].end = observation.time
            }
            guard let present else { continue }
            spans.append(
                LeaderSpan(
                    leader: present.key, term: present.value.term, start: observation.time,
                    end: nil))
        }
        return spans
    }

    /// That a node leads, and since which observation it says so.
    private struct Claim {
        let term: Int?
        let place: Int

        func isBelow(_ other: Claim, _ isLaterName: Bool) -> Bool {
            if let term, let others = other.term {
                return term == others ? isLaterName : term < others
            }
            return place < other.place
        }
    }

    /// `term 3`, or nothing where nodes tell no terms.
    public var termWords: String? { term.map { "term \($0)" } }
}
