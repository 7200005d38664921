internal import Campaigns
internal import Sites

/// The page of what goes on right now.
struct LivePage {
    let campaigns: [LiveCampaign]

    var html: String {
        let sections = campaigns.filter { !$0.isOver }.map(section)
        let body: String =
            sections.isEmpty
            ? "<p>No campaign is under way. <code>whitewater campaign</code> begins one.</p>"
            : sections.joined()
        return ServedPage(
            "Right now",
            "<h1>Right now</h1><div id=\"live\">\(body)</div><p class=\"quiet\" id=\"state\"></p>"
                + "<script>\(Self.script)</script>"
        ).html
    }

    /// Takes over what has changed, so that nobody loses the place that he reads at.
    private static let script = """
        const state = document.getElementById("state");
        setInterval(async () => {
          try {
            const answer = await fetch("live.html");
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            document.getElementById("live").replaceWith(page.getElementById("live"));
            state.textContent = "";
          } catch { state.textContent = "The server does not answer: this is what it said last."; }
        }, 5000);
        """

    private func section(_ campaign: LiveCampaign) -> String {
        let outcomes: [(RunOutcome, String)] = [
            (.valid, "valid"), (.invalid, "found something"), (.inconclusive, "could not say"),
            (.refused, "refused"), (.failed, "failed"),
        ]
        let counts = outcomes.compactMap { outcome, words in
            campaign.ended[outcome].map { "\($0) \(words)" }
        }
        let total = campaign.ended.values.reduce(0, +)
        let rows = campaign.running.map { run in
            "<tr><td><a href=\"/\(ServedPage.escaped(run.place))/\">"
                + "\(ServedPage.escaped(run.place))</a></td>"
                + "<td>\(ServedPage.escaped(run.words))</td></tr>"
        }.joined()
        let state = campaign.state == .running ? "under way" : "cut short; --resume goes on"
        let ended = counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))"
        let table =
            rows.isEmpty
            ? ""
            : "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Runs under way\">"
                + "<table><thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Says</th></tr>"
                + "</thead><tbody>\(rows)</tbody></table></div>"
        return "<section><h2>\(ServedPage.escaped(campaign.name))</h2><p>\(state), \(total) runs "
            + "ended\(ended)</p>\(table)</section>"
    }
}

extension LiveCampaign {
    /// Whether it came to its end.
    var isOver: Bool { if case .ended = state { true } else { false } }
}
