import Checkers
import Histories
import Reports
import Results
import SampleRuns
import Testing

/// Pages in headless Chromium: their scripts run without an error, at two widths, light and dark.
///
/// Screenshots stay in `.build/pages` for people to look at.
@Suite(.serialized) struct `Pages in a browser` {
    private let browser = Browser()

    private static func run(named name: String) throws -> StoredRun {
        switch name {
        case "valid": StoredRun.sample(operations: 5_000)
        case "violation": try Pages.run(Pages.stale)
        case "undecided":
            try Pages.run(
                """
                {:process 0 :type :invoke :f :write :value 1}
                {:process 1 :type :invoke :f :write :value 1}
                {:process 0 :type :ok :f :write :value 1}
                {:process 1 :type :ok :f :write :value 1}
                """, budget: Budget(configurations: 1))
        case "timeless":
            try {
                let history = try History(
                    text: """
                        {:process alice :type :invoke :f :write :value 1}
                        {:process alice :type :ok :f :write :value 1}
                        {:process bob :type :invoke :f :read :value nil}
                        {:process bob :type :ok :f :read :value 2}
                        """)
                return CheckedHistory(
                    history, try Checker().check(history), name: "timeless.edn", rerun: "r"
                ).run
            }()
        case "empty": StoredRun.sample(operations: 0)
        default: StoredRun.sample(operations: 1_000_000)
        }
    }

    @Test(arguments: [
        ("valid", "Valid: linearizable"), ("violation", "Invalid: a stale read"),
        ("undecided", "Undecided: the checker met a limit"),
        ("timeless", "Invalid: a read of what nobody wrote"),
        ("empty", "Inconclusive: too little was tested"), ("million", "Valid: linearizable"),
    ])
    func `a page opens without a script error`(name: String, headline: String) throws {
        let html = Page(try Self.run(named: name)).html
        #expect(html.utf8.count < 5_000_000)
        let file = try browser.write(html, named: name)
        let page = try browser.document(of: file)
        #expect(page.contains("data-script=\"ready\""), "\(page.prefix(300))")
        #expect(page.contains(headline))
        #expect(try browser.pictures(of: file).allSatisfy { $0 > 10_000 })
    }

    @Test(
        .enabled(if: Browser.hasRules, "make setup-tests unpacks axe-core"),
        arguments: ["valid", "violation", "undecided", "timeless", "empty"], Browser.Scheme.allCases
    )
    func `axe-core finds nothing on a page`(name: String, scheme: Browser.Scheme) throws {
        let html = Page(try Self.run(named: name)).html
        #expect(try browser.brokenRules(of: html, named: name, scheme: scheme) == [])
    }
}
