public import Archive

/// One campaign's runs, and what they say beside those of the campaigns before.
public struct Night: Sendable {
    /// The campaign's folder, which is its name in the archive.
    public let name: String
    /// Its runs, by the time when they began.
    public let runs: [RunRow]

    /// The campaigns of an archive, the oldest first; runs by hand belong to none.
    public static func all(in rows: [RunRow]) -> [Night] {
        Dictionary(grouping: rows.filter { $0.campaign != nil }) { $0.campaign ?? "" }
            .map { Night(name: $0, runs: $1.sorted { $0.started < $1.started }) }
            .sorted { $0.start < $1.start }
    }

    /// A night of these runs.
    public init(name: String, runs: [RunRow]) {
        self.name = name
        self.runs = runs
    }

    /// When its first run began; of one whose runs never did, when its folder was made.
    private var start: String {
        runs.first { !$0.started.isEmpty }?.started
            ?? name.split(separator: "/").last.map(String.init) ?? name
    }

    /// The day on which it began: `20261121`.
    var day: String { String(start.prefix(8)) }

    /// Its page below the results folder.
    var page: String {
        let words = name.split(separator: "/").dropFirst(name.hasPrefix("campaigns/") ? 1 : 0)
            .joined(separator: "-").map { character in
                character.isLetter || character.isNumber || ".-_".contains(character)
                    ? character : "-"
            }
        return "nights/\(String(words)).html"
    }

    /// The plan's file name of the campaign: `nightly`.
    public var title: String {
        let parts = name.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : name
    }

    /// How often each failure was seen, in how many runs.
    public var seen: [Signature: Proportion] {
        var counts: [Signature: Int] = [:]
        for run in runs {
            for failure in run.failures { counts[failure.signature, default: 0] += 1 }
        }
        // What was refused was never run: it makes no rate look smaller.
        let total = runs.count { $0.verdict != .refused }
        return counts.mapValues { Proportion($0, of: max(total, $0)) }
    }

    /// Failures by which some run is told apart; all others were seen only beside these.
    public var principal: Set<Signature> { Set(runs.compactMap { $0.principal?.signature }) }

    /// Failures that only canaries showed: they were to be found.
    public var expected: Set<Signature> {
        var expected: Set<Signature> = []
        var surprising: Set<Signature> = []
        for run in runs {
            for failure in run.failures {
                if run.expectsViolation, failure.signature.series.accusesSystem {
                    expected.insert(failure.signature)
                } else {
                    surprising.insert(failure.signature)
                }
            }
        }
        return expected.subtracting(surprising)
    }

    /// Plans that could not be run as they were asked for.
    public var refused: [String] {
        Set(runs.filter { $0.verdict == .refused }.map(\.cell)).sorted()
    }

    /// Cells whose bug must be found, and was in no run.
    public var deadCanaries: [String] {
        Dictionary(grouping: runs.filter(\.expectsViolation), by: \.cell)
            .filter { !$0.value.contains { $0.verdict == .invalid } }.keys.sorted()
    }

    /// Runs by cell, in the cells' order.
    public var cells: [(name: String, runs: [RunRow])] {
        Dictionary(grouping: runs, by: \.cell).sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// Runs that ended in an hour of the wall, on average; nil if it cannot be said.
    public var runsPerHour: Double? {
        guard let first = runs.compactMap({ Moment($0.started) }).min(),
            let last = runs.compactMap({ run in
                Moment(run.started).map { $0.seconds + run.seconds }
            }).max(), last > first.seconds
        else { return nil }
        return Double(runs.count) * 3_600 / (last - first.seconds)
    }
}

/// The change of a night against those before it.
public struct NightChange: Hashable, Sendable {
    /// Seen tonight, and in no campaign before.
    public let new: [Signature]
    /// Seen tonight, and before.
    public let ongoing: [Signature]
    /// Seen in the campaign before, and not tonight.
    public let gone: [Signature]

    /// Compares a night with those before it, the oldest first.
    public init(_ night: Night, after earlier: [Night]) {
        let tonight = Set(night.seen.keys)
        let before = earlier.reduce(into: Set<Signature>()) { $0.formUnion($1.seen.keys) }
        new = tonight.subtracting(before).sorted()
        ongoing = tonight.intersection(before).sorted()
        gone = Set(earlier.last?.seen.keys.map(\.self) ?? []).subtracting(tonight).sorted()
    }
}

/// A moment as folders are named for it, `20261121T103000.123Z`, in seconds since some day.
struct Moment: Hashable, Comparable {
    let seconds: Double

    init?(_ text: String) {
        let digits = text.filter(\.isNumber)
        guard digits.count >= 14, text.count >= 15 else { return nil }
        func number(_ from: Int, _ count: Int) -> Int? {
            Int(digits.dropFirst(from).prefix(count))
        }
        guard let year = number(0, 4), let month = number(4, 2), let day = number(6, 2),
            let hour = number(8, 2), let minute = number(10, 2), let second = number(12, 2)
        else { return nil }
        let fraction = number(14, 3).map { Double($0) / 1_000 } ?? 0
        // Days since 0000-03-01 in the Gregorian calendar; years that begin in March end with the
        // leap day.
        let shifted = month > 2 ? year : year - 1
        let days =
            shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400
            + (153 * ((month + 9) % 12) + 2) / 5 + day
        seconds = Double(((days * 24 + hour) * 60 + minute) * 60 + second) + fraction
    }

    static func < (left: Moment, right: Moment) -> Bool { left.seconds < right.seconds }
}
