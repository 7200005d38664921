public import Faults

/// A length of time, or a range of them from which one is drawn: `3s`, `200ms..1200ms`.
public struct PlanRange: Hashable, Sendable, PlanText {
    /// What is no range, and what to write.
    public static let refusal =
        "no length of time above zero, and no range of two; write 3s, or 200ms..1200ms"

    /// From the shortest to the longest.
    public let range: ClosedRange<Duration>

    /// A range of one length.
    public init(_ duration: Duration) { range = duration...duration }

    /// Reads the written form; nil if it is none.
    public init?(_ text: String) {
        let ends = text.split(separator: "..", omittingEmptySubsequences: false).map {
            PlanDuration(String($0))?.duration
        }
        guard let first = ends[0], let last = ends.count == 1 ? first : ends[1],
            ends.count <= 2, first <= last
        else { return nil }
        range = first...last
    }

    /// The longest.
    public var duration: Duration { range.upperBound }

    /// The written form.
    public var description: String {
        let ends = [range.lowerBound, range.upperBound].map { PlanDuration($0).description }
        return range.lowerBound == range.upperBound ? ends[0] : ends.joined(separator: "..")
    }
}

/// A number, or a range of them from which one is drawn: `2`, `1..3`.
public struct PlanCountRange: Hashable, Sendable, PlanText {
    /// What is no range, and what to write.
    public static let refusal = "no number from 1 to 9, and no range of two; write 2, or 1..3"

    /// From the least to the most.
    public let range: ClosedRange<Int>

    /// A range.
    public init(_ range: ClosedRange<Int>) { self.range = range }

    /// Reads the written form; nil if it is none.
    public init?(_ text: String) {
        let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends[0], let last = ends.count == 1 ? first : ends[1],
            ends.count <= 2, first <= last, (1...9).contains(first), last <= 9
        else { return nil }
        range = first...last
    }

    /// The written form.
    public var description: String {
        range.count == 1
            ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
    }
}

/// One of several words, or `either`.
public struct PlanChoice<Way>: Hashable, Sendable, PlanText
where Way: Hashable & Sendable & CaseIterable & RawRepresentable<String> {
    /// What is none of the words, and which there are.
    public static var refusal: String {
        "none of " + (Way.allCases.map(\.rawValue) + ["either"]).joined(separator: ", ")
    }

    /// What was chosen.
    public let choice: Style.Choice<Way>

    /// A choice.
    public init(_ choice: Style.Choice<Way>) { self.choice = choice }

    /// Reads a word; nil if it is none of them.
    public init?(_ text: String) {
        if text == "either" {
            choice = .either
        } else if let way = Way(rawValue: text) {
            choice = .always(way)
        } else {
            return nil
        }
    }

    /// The word.
    public var description: String {
        switch choice {
        case .always(let way): way.rawValue
        case .either: "either"
        }
    }
}
