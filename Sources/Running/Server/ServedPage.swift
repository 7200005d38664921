internal import Reports
internal import Sites

/// A small page of the server's own, in the site's dress.
struct ServedPage {
    let html: String

    init(_ title: String, _ body: String) {
        html = Site.page(title, Markup(raw: body))
            .replacing("</nav>", with: "<a href=\"/live.html\">Live</a></nav>")
            .replacing("href=\"index.html\"", with: "href=\"/index.html\"")
            .replacing("href=\"trends.html\"", with: "href=\"/trends.html\"")
    }

    /// What stands in a folder.
    static func listing(of path: RequestPath, _ names: [String]) -> ServedPage {
        let rows = names.map { name in
            let link = name.utf8.map { byte -> String in
                let isPlain =
                    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || "-_./".utf8.contains(byte)
                return isPlain
                    ? String(UnicodeScalar(byte))
                    : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }.joined()
            return "<li><a href=\"./\(link)\">\(escaped(name))</a></li>"
        }.joined()
        let zip =
            names.contains("results.json")
            ? "<p><a href=\"?zip\">All of it as a ZIP archive</a></p>" : ""
        let title = path.components.isEmpty ? "Results" : path.description
        return ServedPage(title, "<h1>\(escaped(title))</h1>\(zip)<ul>\(rows)</ul>")
    }

    static func escaped(_ text: String) -> String { Markup(escaping: text).description }
}
