public import Faults
internal import Topologies

/// What a node was going through when it gave an answer that cannot be.
public struct Situation: Codable, Hashable, Sendable {
    /// In short, the telling one first.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// It was cut off from others.
        case cutOff = "cut-off"
        /// It had been cut off until a few seconds before.
        case justHealed = "just-healed"
        /// Its packets were lost or late, or had been until a few seconds before.
        case impaired
        /// It was frozen, or had been until a few seconds before.
        case paused
        /// It had been killed and started again a few seconds before.
        case restarted
        /// Another fault lasted on it, or had until a few seconds before.
        case faulty
        /// It took itself for the leader while another one led a higher term.
        case deposedLeader = "deposed-leader"
        /// It had begun to lead a few seconds before.
        case newLeader = "new-leader"
        /// A fault lasted on other nodes only.
        case faultElsewhere = "fault-elsewhere"
        /// No fault lasted anywhere.
        case undisturbed
        /// Nobody knows on which node it was.
        case unknown
    }

    /// In short.
    public var kind: Kind
    /// The fault that explains it.
    public var fault: Int?
    /// Seconds since that fault was healed; nil while it lasted.
    public var sinceHealed: Double?
    /// The node's term then, if it said so.
    public var term: Int?
    /// The highest term of the others then, if they said so.
    public var othersTerm: Int?

    /// A fault explains what happens so long after its healing, in seconds.
    static let aftermath = 5.0
    /// A leader is new for so long, in seconds.
    private static let novelty = 1.0

    /// The situation of a node at a time.
    init(
        of node: NodeName?, at time: Double?, faults: [FaultRecord],
        observations: [NodeObservation]
    ) {
        // A history from elsewhere tells of no faults and no nodes: that none is known is not that there
        // was none.
        guard let node, let time, !faults.isEmpty || !observations.isEmpty else {
            kind = .unknown
            return
        }
        let seen = Self.latest(observations, at: time)
        term = seen[node]?.term
        othersTerm = seen.filter { $0.key != node }.compactMap(\.value.term).max()
        let near = faults.filter { $0.start <= time && time <= $0.end + Self.aftermath }
        // One that lasts explains more than one that is over, and a later one more than an earlier.
        // A scenario says less than what it is made of.
        let hits = near.filter { $0.nodes.contains(node) }
        let parts = hits.filter { !$0.isScenario }
        let own = (parts.isEmpty ? hits : parts).max {
            ($0.end >= time ? 1 : 0, $0.start) < ($1.end >= time ? 1 : 0, $1.start)
        }
        if let own {
            fault = own.number
            sinceHealed = time > own.end ? time - own.end : nil
            kind = Self.kind(of: own, isOver: time > own.end)
        } else if let present = seen[node], present.role == .leader, let othersTerm, let term,
            othersTerm > term
        {
            kind = .deposedLeader
        } else if let present = seen[node], present.role == .leader,
            time - present.time < Self.novelty, present.time > 0.5
        {
            kind = .newLeader
        } else if let other = near.last(where: { $0.end >= time }) {
            kind = .faultElsewhere
            fault = other.number
        } else {
            kind = .undisturbed
        }
    }

    private static func kind(of fault: FaultRecord, isOver: Bool) -> Kind {
        switch fault.family {
        case "partition": isOver ? .justHealed : .cutOff
        case "traffic": .impaired
        case "pause": .paused
        case "kill": .restarted
        default: .faulty
        }
    }

    /// What each node was at a time; observations are by time.
    private static func latest(
        _ observations: [NodeObservation], at time: Double
    ) -> [NodeName: NodeObservation] {
        var latest: [NodeName: NodeObservation] = [:]
        for observation in observations {
            guard observation.time <= time else { break }
            latest[observation.node] = observation
        }
        return latest
    }

    /// The situation as a clause about a node: `had been cut off from 14.01 to 17.17 s (fault 3,
    /// "one": cut one node from all others) and was healed 3.05 s before`; the fault in its plain
    /// words, or by its name alone where those have been told.
    public func clause(_ faults: [FaultRecord], explaining: Bool = true) -> String {
        let record = fault.flatMap { number in faults.first { $0.number == number } }
        let name =
            record.map {
                " (" + (explaining ? $0.nameInWords : "fault \($0.number), \"\($0.kind)\"") + ")"
            } ?? ""
        let from = record.map { "from \($0.start.fixed(2)) to \($0.end.fixed(2)) s" } ?? ""
        let healed = (sinceHealed ?? 0).spanWords
        let after = sinceHealed == nil ? "" : ", \(healed) before"
        let terms: String =
            if let term, let othersTerm, term != othersTerm {
                "; it was in term \(term), others in \(othersTerm)"
            } else { "" }
        let clause =
            switch (kind, sinceHealed) {
            case (.cutOff, _): "was cut off \(from)\(name)"
            case (.justHealed, _):
                "had been cut off \(from)\(name) and was healed "
                    + "\(healed) before"
            case (.impaired, nil): "lost packets or got them late \(from)\(name)"
            case (.impaired, _): "had lost packets or got them late \(from)\(name)\(after)"
            case (.paused, nil): "was frozen \(from)\(name)"
            case (.paused, _):
                "had been frozen \(from)\(name), until \(healed) before"
            case (.restarted, nil): "was down \(from)\(name)"
            case (.restarted, _):
                "had been killed\(name) and started again \(healed) before"
            case (.faulty, nil): "was under a fault \(from)\(name)"
            case (.faulty, _): "had been under a fault \(from)\(name)\(after)"
            case (.deposedLeader, _): "still took itself for the leader"
            case (.newLeader, _): "had just begun to lead"
            case (.faultElsewhere, _): "was spared by the fault that lasted then\(name)"
            case (.undisturbed, _): "was under no fault"
            case (.unknown, _): ""
            }
        return clause.isEmpty ? "" : clause + terms
    }
}
