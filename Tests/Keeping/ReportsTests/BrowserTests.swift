import Checkers
import Foundation
import Histories
import Reports
import Results
import SampleRuns
import Testing

/// Pages in headless Chromium: their scripts run without an error, at two widths, light and dark.
///
/// Screenshots stay in `.build/pages` for people to look at.
@Suite(.serialized) struct `Pages in a browser` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/pages")

    private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
        .first(where: FileManager.default.isExecutableFile(atPath:))

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

    private func open(_ file: URL, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: try #require(Self.browser, "run `make setup`"))
        process.arguments =
            ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"] + arguments
            + [file.absoluteString]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }

    @Test(arguments: [
        ("valid", "Valid: linearizable"), ("violation", "Invalid: a stale read"),
        ("undecided", "Undecided: the checker met a limit"),
        ("timeless", "Invalid: a read of what nobody wrote"),
        ("empty", "Inconclusive: too little was tested"), ("million", "Valid: linearizable"),
    ])
    func `a page opens without a script error`(name: String, headline: String) throws {
        try FileManager.default.createDirectory(
            at: Self.folder, withIntermediateDirectories: true)
        let file = Self.folder.appending(path: "\(name).html")
        let html = Page(try Self.run(named: name)).html
        #expect(html.utf8.count < 5_000_000)
        try Data(html.utf8).write(to: file)
        let page = try open(file, ["--dump-dom"])
        #expect(page.contains("data-script=\"ready\""), "\(page.prefix(300))")
        #expect(page.contains(headline))
        // Windows are never as narrow as a phone, but frames are.
        let phone = Self.folder.appending(path: "\(name)-phone.html")
        let frame =
            "<body style='margin:0'><iframe src='\(name).html' width=400 height=1800 "
            + "style='border:0'></iframe>"
        try Data(frame.utf8).write(to: phone)
        for (width, file) in [(1_400, file), (400, phone)] {
            for scheme in ["light", "dark"] {
                let picture = Self.folder.appending(path: "\(name)-\(width)-\(scheme).png")
                try? FileManager.default.removeItem(at: picture)
                _ = try open(
                    file,
                    [
                        "--window-size=\(width),1800", "--screenshot=\(picture.path)",
                        "--blink-settings=preferredColorScheme=\(scheme == "dark" ? 0 : 1)",
                    ])
                let size = try FileManager.default.attributesOfItem(atPath: picture.path)[.size]
                #expect(size as? Int ?? 0 > 10_000)
            }
        }
    }
}
