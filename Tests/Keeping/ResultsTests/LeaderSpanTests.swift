import Results
import Testing
import Topologies

/// Who led when, as nodes said of themselves.
@Suite struct `Times of a leader` {
    /// Each word is what a node says, a second after the one before: `1:leads@3`, or `1:follows`.
    private func spans(_ words: String) throws -> [String] {
        let observations = try words.split(separator: " ").enumerated().map { place, word in
            let match = try #require(word.wholeMatch(of: /(\d):(leads|follows)(?:@(\d+))?/)).output
            return NodeObservation(
                node: NodeName(number: Int(match.1) ?? 0), time: Double(place), process: .up,
                role: match.2 == "leads" ? .leader : .other, term: match.3.flatMap { Int($0) })
        }
        return LeaderSpan.all(in: observations).map { span in
            "\(span.leader)\(span.term.map { "@\($0)" } ?? "") \(Int(span.start))-"
                + (span.end.map { "\(Int($0))" } ?? "")
        }
    }

    @Test func `belong to the claimant of the highest term`() throws {
        #expect(
            try spans("1:leads@3 2:leads@4 1:follows@4 2:follows@5") == [
                "n1@3 0-1", "n2@4 1-3",
            ])
    }

    @Test func `belong to whoever claimed last where nodes tell no terms`() throws {
        #expect(
            try spans("1:leads 2:follows 2:leads 1:leads 1:follows 1:leads") == [
                "n1 0-2", "n2 2-5", "n1 5-",
            ], "n1 goes on claiming while it is cut off, and is no new leader for that")
    }
}
