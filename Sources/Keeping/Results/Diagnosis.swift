internal import Checkers
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

    /// Something wrong that an operation showed, as far as it can be compared with others.
    struct Case {
        var anomaly: String
        var node: NodeName?
        var behind: Double?
        var situation: Situation
        /// How bad such an anomaly is beside others.
        var weight = 0
    }

    /// Groups violations, worst first; their own order is kept.
    static func of(_ violations: [Violation]) -> [Diagnosis] {
        of(
            violations.map {
                Case(
                    anomaly: $0.noun, node: $0.node, behind: $0.behind, situation: $0.situation,
                    weight: $0.kind.weight)
            })
    }

    /// Groups cases, worst first: by what an anomaly means, then by how far behind the worst of a
    /// group was; their own order is kept.
    ///
    /// Of some anomalies there are more, of which nothing is told.
    static func of(_ cases: [Case], untold: [String: Int] = [:]) -> [Diagnosis] {
        struct Group: Hashable {
            let anomaly: String
            let cause: Cause
        }
        var groups: [Group: [Int]] = [:]
        for (place, one) in cases.enumerated() {
            groups[Group(anomaly: one.anomaly, cause: Cause(one.situation.kind)), default: []]
                .append(place)
        }
        let weighed = groups.map { group, places -> (weight: Int, diagnosis: Diagnosis) in
            let members = places.map { cases[$0] }
            let behind = members.compactMap(\.behind)
            var diagnosis = Diagnosis(
                anomaly: group.anomaly, cause: group.cause, count: members.count,
                nodes: members.compactMap(\.node).reduce(into: [:]) { $0[$1, default: 0] += 1 },
                leastBehind: behind.min(), mostBehind: behind.max(), clearest: places[0],
                sentence: "")
            let since = members.map(\.situation.sinceHealed)
            diagnosis.sentence = diagnosis.words(
                of: cases.count { $0.anomaly == group.anomaly } + untold[group.anomaly, default: 0],
                lasts: since.contains(nil),
                healed: since.compactMap(\.self).max())
            return (weight: cases[places[0]].weight, diagnosis: diagnosis)
        }
        return weighed.sorted { one, other in
            (one.weight, one.diagnosis.mostBehind ?? 0, other.diagnosis.clearest)
                > (other.weight, other.diagnosis.mostBehind ?? 0, one.diagnosis.clearest)
        }.map(\.diagnosis)
    }

    /// The group of so many in all; whether the fault lasted for one of it at least, and since when at
    /// most it had been healed for the others, in seconds.
    private func words(of total: Int, lasts: Bool, healed: Double?) -> String {
        let every = count == 1 ? "" : count == 2 ? "each " : "every one "
        let counts = nodes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { count == 1 ? "\($0.key)" : "\($0.key) \($0.value)×" }.joined(separator: ", ")
        let names = count == 1 ? anomaly : Self.plural(anomaly)
        let plural =
            switch (count, total) {
            case (1, 1): "the \(names)"
            case (2, 2): "both \(names)"
            case (total, _): "all \(count) \(names)"
            default:
                "\(count) of \(total) \(total == 1 ? anomaly : Self.plural(anomaly))"
            }
        return plural + (behindWords.map { " \(count == 1 ? "was" : "were") \($0) behind" } ?? "")
            + (place(lasts, healed).map { ", \($0.isPlace ? "" : every)\($0.words)" } ?? "")
            + (counts.isEmpty ? "" : " (\(counts))")
    }

    /// Where they were, in words; and whether these speak of all nodes at once.
    private func place(_ lasts: Bool, _ healed: Double?) -> (words: String, isPlace: Bool)? {
        let before = healed.map { "\(count == 1 ? "" : "at most ")\($0.spanWords) before" }
        let until = healed.map { healed in
            count == 1
                ? "until \(healed.spanWords) before"
                : "until shortly before (\(healed.spanWords) at most)"
        }
        /// What a node was under, or had been until shortly before.
        func node(_ present: String, _ past: String) -> String {
            let past = until.map { "\(past) \($0)" }
            return "on a node that "
                + [lasts ? present : nil, past].compactMap(\.self).joined(separator: ", or ")
        }
        return switch cause {
        case .isolation: (node("was cut off", "had been cut off"), false)
        case .impairment:
            (
                node(
                    "lost packets or got them late", "had lost packets or got them late"),
                false
            )
        case .pause: (node("was frozen", "had been frozen"), false)
        case .restart:
            (
                "on a node that had been killed and started again"
                    + (before.map { " \($0)" } ?? ""),
                false
            )
        case .fault: (node("was under a fault", "had been under a fault"), false)
        case .deposedLeader: ("on a leader that had been deposed and did not know it", false)
        case .newLeader: ("on a leader that had just been elected", false)
        case .none:
            ("on \(nodes.count == 1 ? "a node that was" : "nodes that were") under no fault", true)
        case .unknown: nil
        }
    }

    /// `0.39–2.19 s`, or in milliseconds where that says more.
    public var behindWords: String? {
        guard let leastBehind, let mostBehind else { return nil }
        let (least, most) = (leastBehind.spanWords, mostBehind.spanWords)
        guard least != most else { return most }
        let unit = most.drop { !$0.isLetter }
        return least.hasSuffix(" " + unit) && least.first?.isNumber == true
            ? "\(least.dropLast(unit.count + 1))–\(most)" : "\(least) to \(most)"
    }

    /// The plural of an anomaly's first noun.
    public static func plural(_ anomaly: String) -> String {
        for joint in [
            " out of ", " of ", " that ", " held ", " acquired ", " released ", " taken ", " lost ",
            " without ", " with ", " to ", " backward",
        ] {
            if let place = anomaly.firstRange(of: joint) {
                return plural(noun: anomaly[..<place.lowerBound]) + anomaly[place.lowerBound...]
            }
        }
        return plural(noun: anomaly[...])
    }

    private static func plural(noun: Substring) -> String {
        if noun.hasSuffix("s") { return String(noun) }
        if noun.hasSuffix("try") { return noun.dropLast() + "ies" }
        return noun + (noun.hasSuffix("ch") || noun.hasSuffix("sh") ? "es" : "s")
    }
}

extension Contradiction.Kind {
    /// How bad a violation is for who trusts the object.
    ///
    /// Data that was lost or invented, and a lock that two held, weigh most: no later read puts them
    /// right. Then comes an order that no clients can agree on, then what was right once and came too
    /// late. What only a search found may be any of them; nobody can say that it is worse than stale.
    var weight: Int {
        switch self {
        case .unwritten, .future, .excess, .doubleSwap, .cycle, .takenTwice: 3
        case .overlap, .notReleased, .notHeld: 3
        case .interleaved, .diverged, .outOfOrder, .overtaken, .crossed: 2
        case .stale, .undercount, .notEmpty, .exhausted: 1
        }
    }
}
