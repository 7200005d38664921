/// The name of a kind of faults or of a family of them: what a user types, and what is stored.
///
/// An open set: ``FaultCatalog`` knows those that plans can ask for, and a stored run may hold one
/// that it does not know.
public struct FaultName: RawRepresentable, Codable, Hashable, Comparable, Sendable {
    /// The word: `kill-one` for a kind, `kill` for a family.
    public let rawValue: String

    /// The name that is written like this.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// By their words.
    public static func < (left: FaultName, right: FaultName) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension FaultName: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The name in a program's text.
    public init(stringLiteral value: String) { rawValue = value }
    /// The word.
    public var description: String { rawValue }
}
