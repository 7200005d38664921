/// How many operations are tried each second, all workers together: `300`, or `unlimited`.
public enum PlanRate: Hashable, Sendable, PlanText {
    /// At this mean rate.
    case perSecond(Double)
    /// Each worker as soon as its last operation has ended.
    case unlimited

    /// The rates that a plan can ask for.
    public static let bounds = 0.001...1e6

    /// Reads the written form; nil if it is none, or out of bounds.
    public init?(_ text: String) {
        if text == "unlimited" {
            self = .unlimited
        } else if let rate = Double(text), Self.bounds.contains(rate) {
            self = .perSecond(rate)
        } else {
            return nil
        }
    }

    /// What is no rate, and what to write.
    public static let refusal = "not between 0.001 and 1000000 a second, nor the word unlimited"

    /// The written form.
    public var description: String {
        switch self {
        case .perSecond(let rate) where rate == rate.rounded(): "\(Int(rate))"
        case .perSecond(let rate): "\(rate)"
        case .unlimited: "unlimited"
        }
    }

    /// Writes the written form.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .perSecond(let rate): try container.encode(rate)
        case .unlimited: try container.encode(description)
        }
    }
}
