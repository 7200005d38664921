internal import Reports
internal import Results

/// Cases with how they ended, as continuous integration shows them.
///
/// JUnit's XML has no published schema; this is the part of it that every reader knows: suites,
/// cases, and in a case at most one `failure`, `error` or `skipped`.
struct TestSuite {
    let name: String
    var started = ""
    var seconds = 0.0
    var cases: [TestCase] = []

    /// The suites as a file.
    static func junit(_ suites: [TestSuite], name: String) -> String {
        let all = suites.flatMap(\.cases)
        let markup: Markup = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="\(name)" \(counts(of: all)) \
            time="\(suites.reduce(0) { $0 + $1.seconds }.fixed(3))">
            \(suites.map(\.markup).joined())</testsuites>

            """
        return markup.description
    }

    private var markup: Markup {
        let stamp: Markup = timestamp.map { " timestamp=\"\($0)\"" } ?? ""
        return """
            <testsuite name="\(name)" \(Self.counts(of: cases)) time="\(seconds.fixed(3))"\(stamp)>
            \(cases.map { $0.markup(in: name) }.joined())</testsuite>

            """
    }

    /// `20261121T103000.123Z` as ISO 8601 has it, which JUnit's readers want.
    private var timestamp: String? {
        guard let found = started.wholeMatch(of: /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.\d{3}Z/)
        else { return nil }
        return "\(found.1)-\(found.2)-\(found.3)T\(found.4):\(found.5):\(found.6)"
    }

    private static func counts(of cases: [TestCase]) -> Markup {
        """
        tests="\(cases.count)" failures="\(cases.count { $0.ending.element == "failure" })" \
        errors="\(cases.count { $0.ending.element == "error" })" \
        skipped="\(cases.count { $0.ending.element == "skipped" })"
        """
    }
}

/// One case of a suite.
struct TestCase {
    /// How a case ended.
    enum Ending {
        /// As it should.
        case passed
        /// The system is at fault; in words, one a line.
        case failed([String])
        /// Nobody can say: too little was tested, a limit was met, the harness broke down.
        case error([String])
        /// It was not asked, or not meant.
        case skipped(String)

        var element: String? {
            switch self {
            case .passed: nil
            case .failed: "failure"
            case .error: "error"
            case .skipped: "skipped"
            }
        }
    }

    private static let mostLines = 50

    let name: String
    let ending: Ending

    func markup(in suite: String) -> Markup {
        let inner: Markup =
            switch ending {
            case .passed: ""
            case .failed(let lines), .error(let lines):
                """
                <\(ending.element ?? "") message="\((lines.first ?? "").cut(400))">\
                \(lines.prefix(Self.mostLines).joined(separator: "\n").cut(20_000))\
                </\(ending.element ?? "")>
                """
            case .skipped(let why): "<skipped message=\"\(why)\"/>"
            }
        return "<testcase classname=\"\(suite)\" name=\"\(name)\">\(inner)</testcase>\n"
    }
}

extension String {
    /// The text, its end cut off if it is longer than this.
    func cut(_ most: Int) -> String { count > most ? prefix(most) + "…" : self }
}
