/// A value that a plan writes as text.
public protocol PlanText: Codable, CustomStringConvertible {
    /// What a text is that cannot be read, and what to write instead.
    static var refusal: String { get }
    /// Reads the written form, which `description` writes; nil if it is none.
    init?(_ text: String)
}

extension PlanText {
    /// Reads the written form from a plan.
    ///
    /// - Throws: `DecodingError` that shows the form.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let read = Self(text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "'\(text)' is \(Self.refusal)"))
        }
        self = read
    }

    /// Writes the written form.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A length of time as a plan writes it: `60s`, `300ms`, `1.5s`, `2m`.
public struct PlanDuration: Hashable, Sendable, PlanText {
    /// What is no length of time, and what to write.
    public static let refusal = "no length of time from 1ms to 1000h; write 60s, 300ms or 2m"

    /// The length of time.
    public var duration: Duration

    /// Wraps a length of time.
    public init(_ duration: Duration) { self.duration = duration }

    /// Reads the written form; nil if it is none, or not between 1 ms and 1,000 h.
    public init?(_ text: String) {
        let units: [(String, Double)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)),
                case let milliseconds = (number * factor).rounded(),
                (1...3.6e9).contains(milliseconds)
            else { continue }
            duration = .milliseconds(Int(milliseconds))
            return
        }
        return nil
    }

    /// The written form, in seconds or milliseconds.
    public var description: String {
        let milliseconds = Int((duration / .milliseconds(1)).rounded())
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
    }
}

/// A rate of transfer as a plan writes it: `256kbit`, `1mbit`, in bits per second.
public struct PlanBitRate: Hashable, Sendable, PlanText {
    /// What is no rate, and what to write.
    public static let refusal = "no rate from 8kbit to 10gbit a second; write 256kbit or 1mbit"

    /// Bits per second.
    public let bitsPerSecond: Int

    private static let units = [("kbit", 1_000), ("mbit", 1_000_000), ("gbit", 1_000_000_000)]

    /// A rate in bits per second.
    public init(bitsPerSecond: Int) { self.bitsPerSecond = bitsPerSecond }

    /// Reads the written form; nil if it is none, or not between 8 kbit and 10 gbit a second.
    public init?(_ text: String) {
        guard let (unit, factor) = Self.units.first(where: { text.hasSuffix($0.0) }),
            let number = Double(text.dropLast(unit.count)),
            case let rate = number * Double(factor), (8_000...10_000_000_000) ~= rate
        else { return nil }
        bitsPerSecond = Int(rate.rounded())
    }

    /// The written form, in the largest unit that leaves no fraction, or in kilobits.
    public var description: String {
        let whole = Self.units.last { bitsPerSecond.isMultiple(of: $0.1) }
        guard let (unit, factor) = whole else { return "\(Double(bitsPerSecond) / 1_000)kbit" }
        return "\(bitsPerSecond / factor)\(unit)"
    }
}

/// A number of workers as a plan writes it: `10`, or `2n` for twice the nodes.
public struct PlanCount: Hashable, Sendable, PlanText {
    /// What is no number of workers, and what to write.
    public static let refusal =
        "no number of workers above zero; write 10, or 2n for twice the nodes"

    /// The written form.
    public let description: String
    private let factor: Int
    private let isPerNode: Bool

    /// Reads the written form; nil if it is none or not positive.
    public init?(_ text: String) {
        isPerNode = text.hasSuffix("n")
        let digits = isPerNode ? text.dropLast() : text[...]
        guard let factor = isPerNode && digits.isEmpty ? 1 : Int(digits), (1...100_000) ~= factor
        else { return nil }
        self.factor = factor
        description = text
    }

    /// Writes the written form.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if isPerNode {
            try container.encode(description)
        } else {
            try container.encode(factor)
        }
    }

    /// The number for so many nodes.
    public func count(nodes: Int) -> Int { isPerNode ? factor * nodes : factor }
}
