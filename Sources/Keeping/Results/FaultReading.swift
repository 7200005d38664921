public import Faults

/// How pages read a fault's record.
extension FaultRecord {
    /// The nodes that it hit, as words.
    public var nodeWords: String { nodes.map { "\($0)" }.joined(separator: ", ") }

    /// Whether it is told as a whole only: the faults that it is made of have records of their own.
    public var isScenario: Bool { family == "scenario" }

    /// `fault 3, "one": cut one node from all others`, where "one" can be taken for no number.
    public var nameInWords: String {
        "fault \(number), \"\(kind)\"" + (kind.plainWords.map { ": \($0)" } ?? "")
    }
}

extension FaultName {
    private static let plainWords = Dictionary(
        FaultCatalog.all.map { ($0.name, $0.summary) }
    ) { first, _ in first }

    /// What a fault of this kind does, in words; nil where only a plan knows.
    public var plainWords: String? { Self.plainWords[parts.kind] }

    /// In plain words, with the name that plans have for it: `cut one node from all others (one)`.
    public var inPlainWords: String { plainWords.map { "\($0) (\(rawValue))" } ?? rawValue }
}

extension [FaultRecord] {
    /// How late actions came, in seconds, each beginning and each healing apart; sorted.
    public var lateness: [Double] {
        flatMap { [$0.lateness, $0.healingLateness].compactMap(\.self) }.sorted()
    }

    /// How late actions came, in a line; nil if none of them was on a schedule.
    public var latenessWords: String? {
        let lateness = lateness
        guard let worst = lateness.last else { return nil }
        func text(_ seconds: Double) -> String { "\((seconds * 1_000).fixed(0)) ms" }
        return
            "\(lateness.count) actions came late by \(text(lateness[lateness.count / 2])) in the "
            + "median and by \(text(worst)) at worst"
    }
}
