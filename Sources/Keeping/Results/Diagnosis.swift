public import Topologies

/// Violations that have the anomaly and the nodes' situation in common.
public struct Diagnosis: Codable, Hashable, Sendable {
    /// Situations that tell the same story.
    public enum Cause: String, Codable, Sendable, CaseIterable {
        /// Cut off, or healed shortly before.
        case isolation
        /// Packets lost or late, until shortly before at most.
        case impairment
        /// Frozen until shortly before.
        case pause
        /// Killed and started again shortly before.
        case restart
        /// Another fault.
        case fault
        /// Deposed without knowing it.
        case deposedLeader = "deposed-leader"
        /// Just elected.
        case newLeader = "new-leader"
        /// None that is known of.
        case none
        /// Nobody knows on which nodes.
        case unknown

        init(_ kind: Situation.Kind) {
            self =
                switch kind {
                case .cutOff, .justHealed: .isolation
                case .impaired: .impairment
                case .paused: .pause
                case .restarted: .restart
                case .faulty: .fault
                case .deposedLeader: .deposedLeader
                case .newLeader: .newLeader
                case .faultElsewhere, .undisturbed: .none
                case .unknown: .unknown
                }
        }
    }

    /// What kind of anomaly, `stale read` for example.
    public var anomaly: String
    /// What the nodes were going through.
    public var cause: Cause
    /// How many violations.
    public var count: Int
    /// How many on each node.
    public var nodes: [NodeName: Int]
    /// How far behind the least was, in seconds.
    public var leastBehind: Double?
    /// How far behind the worst was, in seconds.
    public var mostBehind: Double?
    /// The clearest of them, by its place among the digest's violations.
    public var clearest: Int
    /// The group in one sentence.
    public var sentence: String

    /// Whether a violation is one of the group.
    public func holds(_ violation: Violation) -> Bool {
        violation.noun == anomaly && Cause(violation.situation.kind) == cause
    }

    /// Groups violations, worst first; their own order is kept.
    static func of(_ violations: [Violation]) -> [Diagnosis] {
        struct Group: Hashable {
            let anomaly: String
            let cause: Cause
        }
        var groups: [Group: [Int]] = [:]
        for (place, violation) in violations.enumerated() {
            groups[
                Group(anomaly: violation.noun, cause: Cause(violation.situation.kind)),
                default: []
            ].append(place)
        }
        return groups.map { group, places in
            let members = places.map { violations[$0] }
            let behind = members.compactMap(\.behind)
            var diagnosis = Diagnosis(
                anomaly: group.anomaly, cause: group.cause, count: members.count,
                nodes: members.compactMap(\.node).reduce(into: [:]) { $0[$1, default: 0] += 1 },
                leastBehind: behind.min(), mostBehind: behind.max(), clearest: places[0],
                sentence: "")
            diagnosis.sentence = diagnosis.words(
                of: violations.count,
                healed: members.compactMap(\.situation.sinceHealed).max())
            return diagnosis
        }.sorted {
            ($0.mostBehind ?? 0, $1.clearest) > ($1.mostBehind ?? 0, $0.clearest)
        }
    }

    private func words(of total: Int, healed: Double?) -> String {
        let every = count == 1 ? "" : "every one "
        let healed =
            healed.map {
                ", or had been healed \(count == 1 ? "" : "at most ")\($0.fixed(1)) s before"
            } ?? ""
        let place =
            switch cause {
            case .isolation: ", \(every)on a node that was cut off\(healed)"
            case .impairment: ", \(every)on a node whose packets were lost or late\(healed)"
            case .pause: ", \(every)on a node that was frozen\(healed)"
            case .restart: ", \(every)on a node that had been killed and started again"
            case .fault: ", \(every)on a node that was under a fault\(healed)"
            case .deposedLeader: ", \(every)on a leader that had been deposed and did not know it"
            case .newLeader: ", \(every)on a leader that had just been elected"
            case .none:
                ", on \(nodes.count == 1 ? "a node that was" : "nodes that were") under no fault"
            case .unknown: ""
            }
        let counts = nodes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { count == 1 ? "\($0.key)" : "\($0.key) \($0.value)×" }.joined(separator: ", ")
        let plural = total == 1 ? "the" : "\(count) of \(total)"
        return "\(plural) \(count == 1 && total == 1 ? anomaly : Self.plural(anomaly))"
            + (behindWords.map { " \(count == 1 ? "was" : "were") \($0) behind" } ?? "")
            + place + (counts.isEmpty ? "" : " (\(counts))")
    }

    /// `0.39–2.19 s`, or in milliseconds where that says more.
    public var behindWords: String? {
        guard let leastBehind, let mostBehind else { return nil }
        let least = Self.time(leastBehind, with: mostBehind)
        let most = Self.time(mostBehind, with: mostBehind)
        let unit = mostBehind < 0.1 ? "ms" : "s"
        return least == most ? "\(most) \(unit)" : "\(least)–\(most) \(unit)"
    }

    private static func time(_ seconds: Double, with most: Double) -> String {
        most < 0.1 ? (seconds * 1_000).fixed(most < 0.01 ? 1 : 0) : seconds.fixed(2)
    }

    /// The plural of an anomaly's first noun.
    public static func plural(_ anomaly: String) -> String {
        for joint in [
            " out of ", " of ", " that ", " held ", " acquired ", " released ", " taken ",
        ] {
            if let place = anomaly.firstRange(of: joint) {
                let noun = anomaly[..<place.lowerBound]
                return noun + (noun.hasSuffix("s") ? "" : "s") + anomaly[place.lowerBound...]
            }
        }
        return anomaly + "s"
    }
}
