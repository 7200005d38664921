/// A name under which failures that are the same meet: tonight's with last week's.
///
/// Made of what stays the same when a failure happens again: the kind of verdict, what was seen,
/// and the situation of the node. Never of keys, values, times, addresses or counts.
public struct Signature: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// Whose failure it is; the series are never mixed.
    public enum Series: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
        /// A history is not linearizable, or another check of what clients saw failed.
        case violation
        /// Something else is wrong with a node: it crashed, panicked, diverged, does not serve.
        case node
        /// The run tested too little, or the checker met a limit.
        case inconclusive
        /// The harness itself failed.
        case harness

        /// In the order of the cases: the system's failures first.
        public static func < (left: Series, right: Series) -> Bool {
            let order = Series.allCases
            return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
        }

        /// Whether the system under test is at fault.
        public var accusesSystem: Bool { self == .violation || self == .node }
    }

    /// Whose failure it is.
    public let series: Series
    /// The system that is accused, by its name without a version; empty where none is, and in runs
    /// that did not keep it.
    public let system: String
    /// What was seen: `stale read`, `unasked exit`.
    public let anomaly: String
    /// In what situation: that of the node, or what a log said, normalised; empty if unknown.
    public let situation: String

    /// A signature; the words are normalised.
    public init(
        _ series: Series, of system: String = "", _ anomaly: String, _ situation: String = ""
    ) {
        self.series = series
        self.system = series.accusesSystem ? system : ""
        self.anomaly = NormalisedLine(anomaly).text
        self.situation = NormalisedLine(situation).text
    }

    /// A signature as an archive keeps it: its words are normalised already.
    init(_ series: Series, of system: String, kept anomaly: String, _ situation: String) {
        (self.series, self.system) = (series, system)
        (self.anomaly, self.situation) = (anomaly, situation)
    }

    /// `violation of etcd: stale read, cut off`.
    public var description: String {
        series.rawValue + (system.isEmpty ? "" : " of \(system)") + ": \(words)"
    }

    /// What was seen, and in what situation: `stale read, cut off`.
    public var words: String { anomaly + (situation.isEmpty ? "" : ", \(situation)") }

    /// The name as a part of a path: letters, digits and dashes, with a digest that tells apart
    /// what such a short name would merge.
    public var slug: String {
        let words = description.lowercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        let joined = String(words).split(separator: "-").joined(separator: "-").prefix(60)
        return "\(joined)-\(String(digest & 0xffff_ffff, radix: 16))"
    }

    /// FNV-1a of the description's bytes: the same in every process, unlike `hashValue`.
    private var digest: UInt64 {
        description.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// By series, then by system, then by words.
    public static func < (left: Signature, right: Signature) -> Bool {
        (left.series, left.system, left.anomaly, left.situation)
            < (right.series, right.system, right.anomaly, right.situation)
    }
}
