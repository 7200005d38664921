public import Topologies

/// The name of a kind of faults or of a family of them: what a user types, and what is stored.
///
/// An open set: ``FaultCatalog`` knows those that plans can ask for, and a stored run may hold one
/// that it does not know.
public struct FaultName: RawRepresentable, Codable, Hashable, Comparable, Sendable {
    /// The word: `kill-one` for a kind, `kill` for a family.
    public let rawValue: String

    /// The name that is written like this.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The name of a kind, or of a family, that strikes one process of each node: `kill-one/tikv`;
    /// of all of them, the kind's own.
    public init(_ kind: FaultName, of process: ProcessName?) {
        rawValue = kind.rawValue + (process.map { "/\($0)" } ?? "")
    }

    /// The name without the process, and the word that says which process that is: none, and it is
    /// nil, if all of a node's are struck.
    public var parts: (kind: FaultName, process: String?) {
        guard let slash = rawValue.firstIndex(of: "/") else { return (self, nil) }
        return (
            FaultName(rawValue: String(rawValue[..<slash])),
            String(rawValue[rawValue.index(after: slash)...])
        )
    }

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
