/// Rows of the catalogue that cannot be told from the right server, and why.
public struct Equivalent: Sendable, Identifiable {
    /// The row.
    public let id: String
    /// What would be planted.
    public let title: String
    /// Why nobody could tell.
    public let proof: String

    /// All of them.
    public static let all: [Equivalent] = [
        Equivalent(
            id: "4", title: "term and vote written in two records",
            proof: """
                A server answers, and is heard, only after the sync behind both records. A crash \
                between them leaves the new term with no vote, or with the vote of an earlier \
                term, while nothing was promised in the new one: not having voted is true, and \
                taking an earlier vote for one of this term still gives each term one vote. The \
                bug needs an answer between the two records, and that is the mutant early-votes.
                """)
    ]
}
