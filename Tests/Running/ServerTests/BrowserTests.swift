import Archive
import Foundation
import Reports
import SampleRuns
import Testing

@testable import Campaigns

/// Served pages in headless Chromium: under the server's own rules for scripts, and by those of
/// axe-core.
@Suite(.serialized) struct `Served pages in a browser` {
    private let browser = Browser()

    private func url(_ path: String, _ port: Int) throws -> URL {
        try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
    }

    @Test func `a run's page works, and offers the stretch that the timeline shows`() async throws {
        try await ServedPlace.served { port, place in
            let html = Page(StoredRun.sample(operations: 5_000)).html
            try Data(html.utf8).write(to: place.results.appending(path: "p/1/index.html"))
            let page = try browser.document(of: try url("/p/1/#t=1.5-2.25", port))
            #expect(page.contains("data-script=\"ready\""), "\(page.prefix(300))")
            #expect(page.contains(/<input[^>]*name="from"[^>]*value="1.500"/))
            #expect(page.contains(/<input[^>]*name="to"[^>]*value="2.250"/))
        }
    }

    @Test func `a campaign under way is shown with its runs`() async throws {
        try await ServedPlace.served { port, place in
            let hold = try place.begin("nightly")
            let page = try browser.document(of: try url("/live.html", port))
            #expect(page.contains("campaigns/nightly/s"))
            #expect(page.contains("under way, 2 runs ended: 1 valid, 1 refused"))
            #expect(page.contains("14 s of 60 s"), "the last words of a run")
            withExtendedLifetime(hold) {}
        }
    }

    @Test(
        .enabled(if: Browser.hasRules), arguments: Browser.Scheme.allCases,
        ["/live.html", "/p/1/nodes/", "/p/1/?files", "/p/1/", "/", "/trends.html"])
    func `break no rule of axe-core`(scheme: Browser.Scheme, path: String) async throws {
        try await ServedPlace.served { port, place in
            let hold = try place.begin("nightly")
            try place.record(1, .invalid)
            let run = Page(StoredRun.sample(operations: 500)).html
            try Data(run.utf8).write(to: place.results.appending(path: "p/1/index.html"))
            let name = "served" + path.map { $0.isLetter ? $0 : "-" }
            var html = try await ServedPlace.ask(path, port: port).text
            // What comes behind the end belongs to the body, as browsers see it.
            html.replace("</body></html>", with: "")
            let broken = try browser.brokenRules(
                of: html + "</body></html>", named: name, scheme: scheme)
            #expect(broken.isEmpty)
            withExtendedLifetime(hold) {}
        }
    }

    @Test(arguments: ["/live.html", "/p/1/?files", "/p/1/", "/"])
    func `are looked at on a desk and on a phone`(path: String) async throws {
        try await ServedPlace.served { port, place in
            let hold = try place.begin("nightly")
            try place.record(1, .invalid)
            let run = Page(StoredRun.sample(operations: 500)).html
            try Data(run.utf8).write(to: place.results.appending(path: "p/1/index.html"))
            let html = try await ServedPlace.ask(path, port: port).text
            let file = try browser.write(
                html, named: "served" + path.map { $0.isLetter ? $0 : "-" })
            #expect(try browser.pictures(of: file).allSatisfy { $0 > 5_000 })
            withExtendedLifetime(hold) {}
        }
    }
}

extension ServedPlace {
    /// A campaign that some process works on, with two runs that ended and one under way.
    fileprivate func begin(_ name: String) throws -> CampaignHold {
        let folder = try CampaignFolder(
            results: results.path, name: name, started: "s",
            ticket: .init(file: "/n.yaml", seed: 1, commit: nil, began: 0))
        let cell = Cell(plan: "a.yaml", binary: nil, options: [:], expect: .valid)
        for (number, outcome) in [(1, RunOutcome.valid), (2, .refused)] {
            try folder.write(
                .init(
                    order: RunOrder(number: number, cell: cell, seed: 7), attempt: 1,
                    outcome: outcome))
        }
        let place = folder.path + "/runs/000003.1"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
        try Data("set-up\n14 s of 60 s\r".utf8).write(to: URL(filePath: place + "/output.txt"))
        return try CampaignHold(folder.path)
    }
}
