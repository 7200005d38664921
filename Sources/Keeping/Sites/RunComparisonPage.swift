internal import Reports
internal import Results

extension RunComparison {
    /// The page, one folder below the results folder.
    public var page: String {
        Site.page(
            "\(left.name) and \(right.name)", depth: 1,
            """
            <h1>Two runs side by side</h1>
            <ul>\(caveats.map { caveat -> Markup in "<li>\(caveat)</li>" }.joined())</ul>
            <p class="quiet">What differs is in bold letters.</p>
            \(groups.map(section).joined())\(planSection)
            """)
    }

    private func section(_ group: Group) -> Markup {
        """
        <section><h2>\(group.title)</h2><div class="wide" tabindex="0" role="region" \
        aria-label="\(group.title)"><table><thead><tr><td></td>\(head(left))\(head(right))</tr>\
        </thead><tbody>\(group.facts.map(row).joined())</tbody></table></div></section>
        """
    }

    private func head(_ side: Side) -> Markup {
        guard let page = side.page else { return "<th scope=\"col\">\(side.name)</th>" }
        return "<th scope=\"col\"><a href=\"../\(page)\">\(side.name)</a></th>"
    }

    private func row(_ fact: Fact) -> Markup {
        func cell(_ words: String) -> Markup {
            fact.isDifferent ? "<td><strong>\(words)</strong></td>" : "<td>\(words)</td>"
        }
        return "<tr><th scope=\"row\">\(fact.name)</th>\(cell(fact.left))\(cell(fact.right))</tr>"
    }

    private var planSection: Markup {
        guard let lines = planLines, !lines.isEmpty else { return "" }
        let rows = lines.map { line -> Markup in
            "<tr><td>\(line.isLeft ? left.name : right.name)</td><td><code>\(line.text)</code></td></tr>"
        }
        return """
            <section><h2>Lines that only one of the plans has</h2><div class="wide" tabindex="0" \
            role="region" aria-label="Lines of plans"><table><thead><tr><th scope="col">Run</th>\
            <th scope="col">Line</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>\
            </section>
            """
    }

    /// The same for a terminal, a line each; a star marks what differs.
    public var lines: [String] {
        var all = ["left:  \(left.name)", "right: \(right.name)"] + caveats
        for group in groups {
            let width = group.facts.map(\.name.count).max() ?? 0
            let column = min(40, group.facts.map(\.left.count).max() ?? 0)
            all += ["", group.title]
            all += group.facts.map { fact in
                (fact.isDifferent ? "* " : "  ") + Self.padded(fact.name, to: width) + "  "
                    + Self.padded(fact.left, to: column) + " | " + fact.right
            }
        }
        guard let planLines, !planLines.isEmpty else { return all }
        all += ["", "Lines that only one of the plans has"]
        return all + planLines.map { "  \($0.isLeft ? "left: " : "right:") \($0.text)" }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
