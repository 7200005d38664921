public import Faults

/// How pages read a fault's record.
extension FaultRecord {
    /// The nodes that it hit, as words.
    public var nodeWords: String { nodes.map { "\($0)" }.joined(separator: ", ") }
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
