public import Foundation

/// Headless Chromium, for tests of pages: scripts without an error, pictures for people, and the
/// rules of axe-core.
public struct Browser {
    /// Light or dark, as a person has set the machine.
    public enum Scheme: String, CaseIterable, Sendable {
        case light, dark
    }

    /// What went wrong with the browser itself.
    public struct Failure: Error, CustomStringConvertible {
        /// What to do about it.
        public let description: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Where pages and pictures stay for people to look at.
    public static let folder = root.appending(path: ".build/pages")

    private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
        .first(where: FileManager.default.isExecutableFile(atPath:))

    private static let rules = root.appending(path: ".tools/axe/axe_core_python/axe.min.js")

    /// Whether axe-core is there; `make setup-tests` unpacks it.
    public static var hasRules: Bool { FileManager.default.fileExists(atPath: rules.path) }

    /// The browser of this machine.
    public init() {}

    /// Writes a page where people find it.
    public func write(_ html: String, named name: String) throws -> URL {
        try FileManager.default.createDirectory(
            at: Self.folder, withIntermediateDirectories: true)
        let file = Self.folder.appending(path: "\(name).html")
        try Data(html.utf8).write(to: file)
        return file
    }

    /// The document as it is when its script is done, in a window of this width.
    public func document(of file: URL, scheme: Scheme = .light, width: Int = 1_400) throws -> String
    {
        try open(
            file,
            Self.arguments(scheme) + [
                "--window-size=\(width),1800", "--virtual-time-budget=20000", "--dump-dom",
            ])
    }

    /// Takes pictures at the width of a desk's screen and of a phone, light and dark; their sizes in
    /// bytes.
    public func pictures(of file: URL, height: Int = 1_800) throws -> [Int] {
        let name = file.deletingPathExtension().lastPathComponent
        // Windows are never as narrow as a phone, but frames are.
        let frame =
            "<!doctype html><body style='margin:0'><iframe src='\(file.lastPathComponent)' "
            + "width=400 height=\(height) style='border:0'></iframe>"
        let phone = try write(frame, named: name + "-phone")
        return try [(1_400, file), (400, phone)].flatMap { width, page in
            try Scheme.allCases.map { scheme in
                let picture = Self.folder.appending(path: "\(name)-\(width)-\(scheme).png")
                try? FileManager.default.removeItem(at: picture)
                _ = try open(
                    page,
                    Self.arguments(scheme) + [
                        "--window-size=\(width),\(height)", "--screenshot=\(picture.path)",
                    ])
                let size = try FileManager.default.attributesOfItem(atPath: picture.path)[.size]
                return size as? Int ?? 0
            }
        }
    }

    /// What axe-core finds wrong with a page: a rule and the first place that breaks it, one a line;
    /// none if all is well.
    public func brokenRules(of html: String, named name: String, scheme: Scheme) throws -> [String]
    {
        let script = try String(contentsOf: Self.rules, encoding: .utf8)
        let test = """
            axe.run(document, {resultTypes: ["violations"]}).then(found => {
              const place = document.createElement("pre");
              place.id = "axe";
              place.textContent = "[" + found.violations.map(rule => rule.id + " at " +
                rule.nodes.map(node => node.target.join(" ")).slice(0, 3).join(", ")).join("; ") + "]";
              document.body.append(place);
            });
            """
        guard let end = html.ranges(of: "</body>").last?.lowerBound else {
            throw Failure(description: "\(name) has no end")
        }
        let judged =
            html[..<end] + "<script>\(script)</script><script>\(test)</script>" + html[end...]
        let file = try write(String(judged), named: "\(name)-axe-\(scheme)")
        defer { try? FileManager.default.removeItem(at: file) }
        let document = try document(of: file, scheme: scheme)
        guard let found = document.matches(of: /<pre id="axe">\[([^\]]*)\]</).last else {
            throw Failure(description: "axe-core said nothing about \(name)")
        }
        return found.output.1.split(separator: "; ").map(String.init)
    }

    private static func arguments(_ scheme: Scheme) -> [String] {
        ["--blink-settings=preferredColorScheme=\(scheme == .dark ? 0 : 1)"]
    }

    private func open(_ file: URL, _ arguments: [String]) throws -> String {
        guard let program = Self.program else {
            throw Failure(description: "there is no Chromium; run `make setup-tests`")
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments =
            ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"] + arguments
            + [file.absoluteString]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "Chromium ended with \(process.terminationStatus)")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
