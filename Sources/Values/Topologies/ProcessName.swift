/// The name of one of a node's processes: `tikv`, where a node is more than one.
public struct ProcessName: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// The word: lower-case letters, digits and hyphens, a letter first, as it stands in the names
    /// of faults and of log files.
    public let description: String

    /// The name of that spelling; nil for anything else than such a word.
    public init?(_ text: String) {
        let word = /[a-z][a-z0-9-]{0,30}/
        guard text.wholeMatch(of: word) != nil else { return nil }
        description = text
    }

    /// By their words.
    public static func < (left: ProcessName, right: ProcessName) -> Bool {
        left.description < right.description
    }
}
