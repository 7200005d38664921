internal import RegexBuilder

/// A line of a log or a message, without what differs from run to run, or from one build to the next.
///
/// Of a line in JSON or with `msg=` only the message and the error are taken. Times of day, places in
/// the source and log files are dropped, numbers, addresses and durations become `#`, quoted texts
/// `'…'`, paths their last part, and a node's name `n#`. What is normalised stays as it is when it is
/// normalised again.
public struct NormalisedLine: Hashable, Sendable {
    /// Longer lines are cut: what tells panics apart stands at their beginning.
    public static let longest = 120

    /// What is left.
    public let text: String

    /// Normalises a line.
    public init(_ line: String) {
        var line = Self.withoutTimes(Self.message(in: line))
        Self.dropPlaces(from: &line)
        line = Self.withoutNumbers(line)
        let words = Self.unquoted(line).split(whereSeparator: \.isWhitespace).map(Self.lastPart)
        let joined = words.joined(separator: " ")
        let whole = joined.drop { " :;,|-]".contains($0) }
        let cut = whole.prefix(Self.longest)
        // Not in the middle of a word.
        let end = whole.count > cut.count ? cut.lastIndex(of: " ") : nil
        text = String(cut[..<(end ?? cut.endIndex)])
    }

    /// What a structured line says: the rest of it, stamps, callers and stacks, is left out.
    private static func message(in line: String) -> String {
        let json = fields(of: line, /"(msg|message|error|err)"\s*:\s*"((?:[^"\\]|\\.)*)"?/)
        if let message = json["msg"] ?? json["message"] {
            let error = json["error"] ?? json["err"]
            return message + (error.map { ": \($0)" } ?? "")
        }
        let text = fields(of: line, /\b(msg|error|err)="((?:[^"\\]|\\.)*)"?/)
        guard let message = text["msg"] else { return line }
        return message + ((text["error"] ?? text["err"]).map { ": \($0)" } ?? "")
    }

    private static func fields(
        of line: String, _ pattern: Regex<(Substring, Substring, Substring)>
    ) -> [Substring: String] {
        var fields: [Substring: String] = [:]
        for found in line.matches(of: pattern) where fields[found.output.1] == nil {
            fields[found.output.1] = String(found.output.2).replacing("\\\"", with: "\"")
        }
        return fields
    }

    /// Drops `2026-11-21T10:00:01.123Z`, `2026/11/21 10:00:01`, `[10:00:01,123]`, glog's `E1121`.
    private static func withoutTimes(_ line: String) -> String {
        let day = #/\[?\b\d{4}[-/]\d\d[-/]\d\d/#
        let zone = #/(?:Z|[+-]\d\d:?\d\d)/#
        return line.replacing(
            Regex {
                day
                Optionally {
                    #/[T ]/#
                    time
                    Optionally { zone }
                }
                end
            }, with: " "
        )
        .replacing(
            Regex {
                #/\[?\b/#
                time
                Optionally { "Z" }
                end
            }, with: " "
        )
        .replacing(#/^\s*[IWEF]\d{4}\s/#, with: " ")
    }

    private static var time: Regex<Substring> { #/\d\d:\d\d:\d\d(?:[.,]\d+)?/# }
    private static var end: Regex<Substring> { #/\]?/# }

    /// Drops the log that a line stands in and places in the source.
    ///
    /// Where the place is all that is said, as in Rust, its file stays.
    private static func dropPlaces(from line: inout String) {
        line.replace(#/^nodes/[^ :]*: /#, with: "")
        let file = #/[\w+.-]+\.(?:swift|go|rs|c|cc|cpp|h|hpp|java|py|js|ts|ex|erl|zig|kt|rb)/#
        let folders = #/(?:[\w@.+~-]*/)*/#
        let number = #/(?::\d+){1,2}[:\],]?/#
        line.replace(
            Regex {
                "panicked at "
                folders
                Capture(file)
                number
            },
            with: { "panicked at \($0.output.1)" })
        line.replace(
            Regex {
                #/(?:\b(?:at|in) )?/#
                folders
                file
                number
            }, with: " ")
    }

    /// Addresses, of memory and of networks, names that are numbers, counts and durations.
    private static func withoutNumbers(_ line: String) -> String {
        line.replacing(#/\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b/#, with: "#")
            .replacing(#/\b0x[0-9a-fA-F]+/#, with: "#")
            .replacing(#/\[?\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}\]?(?::\d+)?/#, with: "#")
            .replacing(#/\b(?=[a-f]*\d)[0-9a-f]{8,}\b/#, with: "#")
            .replacing(#/\d+(?:[.,:_/-]\d+)*/#, with: "#")
            .replacing(##/#(?: ?(?:ns|µs|us|ms|s|m|h)\b#?)+/##, with: "#")
    }

    private static func lastPart(of word: Substring) -> String {
        word.contains("/") ? word.split(separator: "/").last.map(String.init) ?? "" : String(word)
    }

    private static func unquoted(_ text: String) -> String {
        var result = ""
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open {
                    quote = nil
                    result += "…\(character)"
                }
            } else {
                // Not the apostrophe of "can't".
                let isInWord = character == "'" && result.last?.isLetter == true
                result.append(character)
                if character == "\"" || character == "'", !isInWord { quote = character }
            }
        }
        return result
    }
}
