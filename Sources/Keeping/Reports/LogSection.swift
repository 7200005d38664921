internal import Faults
internal import Results
internal import Topologies

/// What nodes wrote to their logs around each violation, each finding and each fault.
struct LogSection {
    private static let mostLines = 40
    private static let longest = 1_000
    /// Of lines that follow the timeline.
    private static let mostBytes = 300_000
    /// Of lines around the moments, all of them together.
    private static let mostPartBytes = 900_000

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup {
        let moments = LogMoment.all(in: run)
        guard let began = run.results.loadBegan, !moments.isEmpty else { return "" }
        let lines = run.logs.mapValues { LogLine.all(in: $0, since: began) }
        var room = Self.mostPartBytes
        let parts = moments.map { part(of: $0, lines, &room) }.joined()
        guard !parts.description.isEmpty else { return "" }
        return """
            <section id="logs"><h2>Node logs</h2><p class="quiet" id="lines-of"></p>\
            <pre id="lines" tabindex="0" role="region" aria-label="Lines of the nodes' logs" \
            hidden></pre>\(data(lines, near: moments))<h3>Around each \(words(of: moments))</h3><div \
            class="follows">\(parts)</div></section>

            """
    }

    /// What there is something around, in words.
    private func words(of moments: [LogMoment]) -> String {
        let kinds = [("log-v", "violation"), ("log-f", "finding"), ("log-n", "fault")]
            .filter { kind in moments.contains { $0.id.hasPrefix(kind.0) } }.map(\.1)
        guard let last = kinds.last, kinds.count > 1 else { return kinds.first ?? "" }
        return kinds.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The lines that the script shows between two times: all of them if they are not too many, else
    /// those around the moments.
    private func data(_ lines: [String: [LogLine]], near moments: [LogMoment]) -> Markup {
        let nodes = Self.ordered(lines.keys)
        var all = nodes.flatMap { node in (lines[node] ?? []).map { (node: node, line: $0) } }
            .sorted { $0.line.time < $1.line.time }
        let room = { (text: String) in min(text.utf8.count, Self.longest) + 40 }
        let isWhole = all.reduce(0) { $0 + room($1.line.text) } <= Self.mostBytes
        if !isWhole {
            let ranges = moments.map { $0.from...max($0.from, $0.to) }
            var bytes = 0
            all = all.filter { _, line in
                guard ranges.contains(where: { $0.contains(line.time) }) else { return false }
                bytes += room(line.text)
                return bytes <= Self.mostBytes
            }
        }
        let items = all.map { node, line -> Markup in
            """
            <i data-t="\(Markup(raw: line.time.fixed(3)))" data-n="\(node)">\
            \(line.text.cut(Self.longest))</i>
            """
        }
        return """
            <template id="log-data" data-whole="\(isWhole ? "yes" : "no")">\(items.joined())\
            </template>
            """
    }

    /// n2 before n10.
    private static func ordered(_ nodes: some Sequence<String>) -> [String] {
        nodes.sorted { ($0.count, $0) < ($1.count, $1) }
    }

    private func part(
        of moment: LogMoment, _ lines: [String: [LogLine]], _ room: inout Int
    ) -> Markup {
        let nodes = Self.ordered(run.logs.keys)
            .filter { moment.nodes.isEmpty || moment.nodes.contains($0) }
            .map { part(of: moment, $0, lines[$0] ?? [], &room) }.joined()
        guard !nodes.description.isEmpty else { return "" }
        let range: Markup =
            moment.at.isFinite
            ? """
            data-from="\(Markup(raw: moment.from.fixed(3)))" \
            data-to="\(Markup(raw: moment.to.fixed(3)))"
            """ : ""
        return """
            <details id="\(moment.id)" \(range)><summary>\(moment.name)</summary>\(nodes)</details>
            """
    }

    private func part(
        of moment: LogMoment, _ node: String, _ lines: [LogLine], _ room: inout Int
    ) -> Markup {
        let near = lines.filter { $0.time > moment.from && $0.time < moment.to }
        var excerpt = Excerpt(
            near.map(\.text), around: near.firstIndex { $0.time >= moment.at } ?? near.count,
            leading: moment.leading)
        if near.isEmpty, let quote = moment.quote {
            let all = (run.logs[node] ?? []).flatMap { $0.text.split(separator: "\n") }
            if let place = all.firstIndex(where: { $0.contains(quote) }) {
                excerpt = Excerpt(all.map(String.init), around: place, leading: moment.leading)
            }
        }
        let size = excerpt.text.utf8.count
        let text: Markup
        if excerpt.text.isEmpty {
            guard moment.isAboutOneNode else { return "" }
            let isMute = (run.logs[node] ?? []).allSatisfy(\.text.isEmpty)
            let why =
                lines.isEmpty && !isMute
                ? "writes no times in its logs: what it wrote then stands in the files."
                : "wrote nothing then."
            text = "<p class=\"quiet\">\(node) \(why)</p>"
        } else if size > room {
            text =
                "<p class=\"quiet\">The lines are in the files only: this page has many others.</p>"
        } else {
            room -= size
            text = "<pre>\(excerpt.text)</pre>"
        }
        return "<h3>\(node)</h3>\(text)<p class=\"quiet\">\(links(of: node))</p>"
    }

    private func links(of node: String) -> Markup {
        (run.logs[node] ?? []).filter { !$0.text.isEmpty }.map { log -> Markup in
            let path = "nodes/\(node)/\(log.file)".filter {
                $0.isLetter || $0.isNumber || "/.-_".contains($0)
            }
            return "<a href=\"\(path)\">\(path)</a> "
        }.joined()
    }

    /// Whole lines around one of them.
    private struct Excerpt {
        let text: String

        init(_ lines: [String], around place: Int, leading: Int) {
            let start = max(0, min(place - leading, lines.count - mostLines))
            let end = min(lines.count, start + mostLines)
            let before = start > 0 ? ["(\(start) earlier lines are in the file)"] : []
            let after =
                end < lines.count ? ["(\(lines.count - end) later lines are in the file)"] : []
            text = (before + lines[start..<end].map { $0.cut(longest) } + after)
                .joined(separator: "\n")
        }
    }
}
