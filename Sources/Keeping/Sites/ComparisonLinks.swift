internal import Foundation
internal import Reports

extension Site {
    /// The pages that `whitewater compare` has written below a results folder, by path; none if there
    /// is no such folder.
    public static func comparisons(below results: String) -> [String] {
        let folder = URL(filePath: results).appending(path: "compare").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".html") }.sorted().map { "compare/\($0)" }
    }

    /// The same site, whose overviews link to these pages.
    public func linking(to comparisons: [String]) -> Site {
        var site = self
        site.comparisons = comparisons
        return site
    }

    /// The pages that link to comparisons, by path.
    public var overviews: [String: String] { ["index.html": morning, "trends.html": trends] }

    /// Links to the comparisons; nothing if there are none.
    var comparisonLinks: Markup {
        guard !comparisons.isEmpty else { return "" }
        let items = comparisons.map { path -> Markup in
            let name = path.split(separator: "/").last.map { String($0.dropLast(5)) } ?? path
            return "<li><a href=\"\(path)\">\(name)</a></li>"
        }
        return "<section><h2>Comparisons</h2><ul>\(items.joined())</ul></section>"
    }
}
