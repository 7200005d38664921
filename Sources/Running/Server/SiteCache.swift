internal import Archive
internal import Foundation
internal import Sites

/// The pages over all runs as the index has them now, made anew only when that has changed.
actor SiteCache {
    private let results: String
    private var file: String { results + "/index.sqlite" }
    private var stamp: [Date?] = []
    private var pages: [String: String] = [:]

    /// The pages of a results folder.
    init(results: String) { self.results = results }

    /// A page of the site by its path; nil if the site has none of that path, or there is no index
    /// that can be read, and what stands on the disk is all there is.
    func page(_ path: String) -> String? {
        let now = [file, file + "-wal", results + "/compare"].map { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.modificationDate] as? Date
        }
        guard now[0] != nil else { return nil }
        if now != stamp {
            guard let rows = try? Archive(reading: file).runs() else { return nil }
            pages = Site(rows).linking(to: Site.comparisons(below: results)).pages
            stamp = now
        }
        return pages[path]?
            .replacing(
                "</nav>",
                with: "<a href=\"\(String(repeating: "../", count: path.count { $0 == "/" }))"
                    + "live.html\">Live</a></nav>")
    }
}
