/// How far a search came before it met a limit.
public struct DeepestFrontier: Hashable, Sendable {
    /// The id of the operation at whose completion the search stopped.
    public let completed: Int?
    /// How many configurations had survived until then.
    public let configurations: Int
    /// States that some of them held, in words; at most three.
    public let states: [String]

    static var mostStates: Int { 3 }
}

extension DeepestFrontier: CustomStringConvertible {
    /// How far the search came, in words.
    public var description: String {
        let more = configurations > states.count ? " or others" : ""
        return "\(configurations) configurations were left"
            + (completed.map { " at the completion of operation \($0)" } ?? "")
            + (states.isEmpty
                ? "" : ", in which the object held " + states.joined(separator: ", or ") + more)
    }
}
