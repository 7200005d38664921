/// Why a plan cannot be run, and where.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file; nil for an option of the command line.
    public var file: String?
    /// The line, from 1, where there is one.
    public var line: Int?
    /// What is wrong and what to write instead; begins with the key, if it is one's.
    public let message: String

    /// An error at a place.
    public init(_ message: String, file: String? = nil, line: Int? = nil) {
        self.message = message
        self.file = file
        self.line = line
    }

    /// Refuses what does not hold.
    static func require(_ condition: Bool, _ message: String) throws(PlanError) {
        guard condition else { throw PlanError(message) }
    }

    /// The place and what is wrong there.
    public var description: String {
        let place = [file, line.map(String.init)].compactMap(\.self).joined(separator: ":")
        return place.isEmpty ? message : "\(place): \(message)"
    }
}

/// Finds what a person meant to write.
public enum NearestWord {
    /// The known word with the fewest changes to the written one, if they are few.
    public static func to(_ word: String, among known: [String]) -> String? {
        let ranked = known.map { (word: $0, distance: distance(word.lowercased(), $0)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, word.count / 2) ? best.word : nil
    }

    /// A sentence that refuses a word and offers others.
    public static func refusal(of word: String, what: String, known: [String]) -> String {
        let hint = to(word, among: known).map { "; did you mean '\($0)'? There are: " }
        return "unknown \(what) '\(word)'" + (hint ?? "; there are: ")
            + known.joined(separator: ", ")
    }

    /// Levenshtein's distance: inserted, removed and replaced characters.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (lineNumber, character) in left.enumerated() {
            var previous = row[0]
            row[0] = lineNumber + 1
            for (column, other) in right.enumerated() {
                let diagonal = previous
                previous = row[column + 1]
                row[column + 1] = min(
                    row[column] + 1, previous + 1, diagonal + (character == other ? 0 : 1))
            }
        }
        return row[right.count]
    }
}
