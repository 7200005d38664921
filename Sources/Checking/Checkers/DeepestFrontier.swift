/// How far a search came before it met a limit.
public struct DeepestFrontier: Hashable, Sendable {
    /// The id of the operation at whose completion the search stopped.
    public let completed: Int?
    /// How many configurations had survived until then.
    public let configurations: Int
    /// States that some of them held, in words.
    public let states: [String]
}

extension DeepestFrontier: CustomStringConvertible {
    /// How far the search came, in words.
    public var description: String {
        "\(configurations) configurations were left"
            + (completed.map { " at the completion of operation \($0)" } ?? "")
            + (states.isEmpty ? "" : ", in states such as " + states.joined(separator: ", "))
    }
}
