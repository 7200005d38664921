internal import Archive
internal import Reports
internal import Results

extension Site {
    /// So many campaigns, the newest ones, have a page each and a row in the morning's table.
    private static let listedNights = 30

    /// The morning's page: of each campaign of the newest day what is new, what goes on, what is
    /// gone, and every run, the latest campaign first.
    var morning: String {
        guard let last = nights.last else {
            return Self.page(
                "No campaign yet",
                """
                <h1>No campaign yet</h1>
                <p>Run <code>whitewater campaign Workloads/campaigns/nightly.yaml</code>.</p>
                \(comparisonLinks)
                """)
        }
        let stories = nights.filter { $0.day == last.day }.reversed().map { story(of: $0) }
        // A campaign that went well must not hide an earlier one of the same night that did not.
        let worst = stories.min { $0.headline.colour < $1.headline.colour }
        return Self.page(
            worst?.title ?? last.title,
            """
            \(stories.map(\.body).joined())
            \(Self.history(of: nights))\(comparisonLinks)
            """)
    }

    /// The pages of the newest campaigns, by path.
    var nightPages: [String: String] {
        let pages = nights.suffix(Self.listedNights).map { night in
            let told = story(of: night, depth: 1)
            return (night.page, Self.page(told.title, depth: 1, told.body))
        }
        return Dictionary(pages) { _, later in later }
    }

    /// What a page tells of a campaign.
    private struct Story {
        let title: String
        let headline: Headline
        let body: Markup
    }

    private func story(of night: Night, depth: Int = 0) -> Story {
        let earlier = nights.prefix { $0.name != night.name }.filter { $0.title == night.title }
        let change = NightChange(night, after: Array(earlier))
        let headline = Headline(night, change)
        let body: Markup = """
            <header class="\(headline.colour.rawValue)"><h1>\(headline.words)</h1>
            <p class="quiet">\(Self.facts(of: night))</p></header>
            \(canaries(night))
            \(list("New tonight", change.new, night, depth))
            \(list("Seen before", change.ongoing, night, depth))
            \(gone(change.gone, depth))
            <section><h2>Every run</h2>\(Self.legend)
            <div class="wide"><table><thead><tr><th>Plan</th><th>Runs</th></tr></thead><tbody>
            \(night.cells.map { cell -> Markup in
                "<tr><td>\(cell.name)</td><td>\(Self.strip(cell.runs, depth: depth))</td></tr>"
            }.joined())
            </tbody></table></div></section>

            """
        return Story(
            title: "\(headline.words): \(night.title)", headline: headline, body: body)
    }

    /// How a night looks from afar, the worst first.
    private enum Colour: String, CaseIterable, Comparable {
        case failed, invalid, inconclusive, valid

        static func < (left: Colour, right: Colour) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    /// The verdict of a night in one sentence.
    private struct Headline {
        let words: String
        let colour: Colour

        init(_ night: Night, _ change: NightChange) {
            let accused = night.runs.filter { $0.verdict == .invalid && !$0.expectsViolation }
            let new = change.new.filter {
                $0.series.accusesSystem && !night.expected.contains($0)
            }
            let failed = night.runs.count { $0.verdict == .failed }
            let open = night.runs.count {
                [.undecided, .inconclusive].contains($0.verdict) && !$0.expectsViolation
            }
            if !night.deadCanaries.isEmpty {
                words = "A canary is dead: its planted bug was not found"
                colour = .failed
            } else if !accused.isEmpty {
                words =
                    "\(accused.count) of \(night.runs.count) runs found something"
                    + (new.isEmpty ? ", nothing new" : ", \(new.count) of it new")
                colour = .invalid
            } else if failed > 0 {
                words = "Nothing found, but \(failed) of \(night.runs.count) runs failed"
                colour = .inconclusive
            } else if !night.refused.isEmpty {
                words =
                    "Nothing found, but of \(night.cells.count) plans "
                    + "\(night.refused.count) could not be run"
                colour = .inconclusive
            } else if open > 0 {
                words = "Nothing found, but \(open) of \(night.runs.count) runs could not say"
                colour = .inconclusive
            } else {
                // Canaries are found every night: that is no news, and not nothing.
                let nothing = night.runs.contains(where: \.expectsViolation) ? " unexpected" : ""
                words = "Nothing\(nothing) found in \(night.runs.count) runs"
                colour = .valid
            }
        }
    }

    private static func facts(of night: Night) -> String {
        var facts = [night.name]
        if let rate = night.runsPerHour { facts.append("\(rate.fixed(0)) runs per hour") }
        let operations = night.runs.reduce(0) { $0 + $1.ok + $1.failed + $1.unknown }
        facts.append("\(operations) operations")
        let tried = night.runs.flatMap(\.faults).reduce(0) { $0 + $1.tried }
        let bit = night.runs.flatMap(\.faults).reduce(0) { $0 + $1.bit }
        if tried > 0 { facts.append("\(bit) of \(tried) faults took effect") }
        let commits = Set(night.runs.compactMap(\.commit)).sorted()
        if !commits.isEmpty { facts.append("commit " + commits.joined(separator: ", ")) }
        return facts.joined(separator: "; ")
    }

    private func canaries(_ night: Night) -> Markup {
        let cells = night.cells.filter { $0.runs.contains(where: \.expectsViolation) }
        guard !cells.isEmpty else {
            return """
                <p class="quiet">No canary: no plan of this campaign must be found guilty, so \
                nothing shows that a bug would have been.</p>
                """
        }
        let rows = cells.map { cell -> Markup in
            let found = Proportion(cell.runs.count { $0.verdict == .invalid }, of: cell.runs.count)
            let word: Markup =
                found.hits > 0 ? "found in" : "<span class=\"red\">not found in</span>"
            return "<li>\(cell.name): \(word) \(found.description)</li>"
        }
        return "<section><h2>Canaries</h2><ul>\(rows.joined())</ul></section>"
    }

    private func list(
        _ title: String, _ signatures: [Signature], _ night: Night, _ depth: Int
    ) -> Markup {
        guard !signatures.isEmpty else { return "" }
        let principal = night.principal
        let others = signatures.filter { !principal.contains($0) }
        let beside: Markup =
            others.isEmpty
            ? ""
            : """
            <details><summary>\(others.count) more, seen only beside others in the same runs\
            </summary>\(table(others, night, depth, named: "\(title) beside others"))</details>
            """
        return """
            <section><h2>\(title)</h2>\
            \(table(signatures.filter(principal.contains), night, depth, named: title))\
            \(beside)</section>
            """
    }

    private func table(
        _ signatures: [Signature], _ night: Night, _ depth: Int, named name: String
    ) -> Markup {
        guard !signatures.isEmpty else { return "" }
        let (seen, expected) = (night.seen, night.expected)
        var examples: [Signature: String] = [:]
        for failure in night.runs.lazy.flatMap(\.failures)
        where examples[failure.signature] == nil {
            examples[failure.signature] = failure.example
        }
        let rows = signatures.map { signature -> Markup in
            """
            <tr><td>\(signature.series.rawValue)</td><td>\(Self.link(signature, depth: depth))\
            \(expected.contains(signature) ? " (expected)" : "")</td>
            <td>\(seen[signature]?.description ?? "")</td><td>\(examples[signature] ?? "")</td></tr>
            """
        }
        return """
            <div class="wide" tabindex="0" role="region" aria-label="\(name), \(night.name)">
            <table><thead><tr><th>Whose</th><th>What</th>
            <th>In runs, and the range of the true rate</th><th>An example</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>
            """
    }

    private func gone(_ signatures: [Signature], _ depth: Int) -> Markup {
        guard !signatures.isEmpty else { return "" }
        let items = signatures.map { signature -> Markup in
            "<li>\(Self.link(signature, depth: depth))</li>"
        }
        return """
            <section><h2>Gone since the campaign before</h2><ul>\(items.joined())</ul></section>
            """
    }

    private static let legend: Markup = """
        <p class="quiet"><span class="key"><span class="strip"><a class="run valid"></a></span>\
        valid</span><span class="key"><span class="strip"><a class="run invalid"></a></span>\
        found something</span><span class="key"><span class="strip">\
        <a class="run inconclusive"></a></span>could not say</span><span class="key">\
        <span class="strip"><a class="run failed"></a></span>failed</span><span class="key"><span class="strip">\
        <a class="run refused"></a></span>refused</span>\
        <span class="key"><span class="strip"><a class="run valid odd"></a></span>\
        not as expected</span></p>
        """

    private static func history(of nights: [Night]) -> Markup {
        let rows = nights.reversed().prefix(listedNights).map { night -> Markup in
            let accused = night.runs.count { $0.verdict == .invalid && !$0.expectsViolation }
            return """
                <tr><td><a href="\(night.page)">\(night.name)</a></td>
                <td class="number">\(night.runs.count)</td>
                <td class="number">\(accused)</td>
                <td class="number">\(night.runs.count { $0.verdict == .failed })</td>
                <td class="number">\(night.runsPerHour.map { $0.fixed(0) } ?? "-")</td></tr>
                """
        }
        return """
            <section><h2>Campaigns</h2><div class="wide"><table><thead><tr><th>Campaign</th>
            <th class="number">Runs</th><th class="number">Found something</th>
            <th class="number">Failed</th><th class="number">Runs per hour</th></tr></thead>
            <tbody>\(rows.joined())</tbody></table></div></section>
            """
    }
}
