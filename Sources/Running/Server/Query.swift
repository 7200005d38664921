internal import Foundation

/// What stands behind the question mark.
struct Query: Hashable {
    /// Whether a run's folder is wanted as one archive: `?zip`.
    var wantsZip = false
    /// Whether a folder's names are wanted though it has a page: `?files`.
    var wantsFiles = false
    /// Between which seconds of the load: `?from=14&to=18.5`; one of them is enough.
    var seconds: Seconds?

    /// Two times; none lies between them if the first is the later one.
    struct Seconds: Hashable {
        let from: Double
        let to: Double

        func contains(_ time: Double) -> Bool { time >= from && time <= to }
    }

    init(_ text: Substring) {
        var bounds: [String: Double] = [:]
        for part in text.split(separator: "&") {
            let words = part.split(separator: "=", maxSplits: 1).map(String.init)
            if words == ["zip"] { wantsZip = true }
            if words == ["files"] { wantsFiles = true }
            if words.count == 2, let value = Double(words[1]), value.isFinite {
                bounds[words[0]] = value
            }
        }
        guard bounds["from"] != nil || bounds["to"] != nil else { return }
        seconds = Seconds(from: bounds["from"] ?? -.infinity, to: bounds["to"] ?? .infinity)
    }
}

extension RequestPath {
    /// The folder that it stands in; nil for the folder that is served.
    var parent: RequestPath? {
        components.isEmpty
            ? nil : Self("/" + components.dropLast().map { $0.encoded + "/" }.joined())
    }

    /// The path of an entry of a folder.
    init?(_ folder: RequestPath, _ name: String) {
        self.init("/" + (folder.components + [name]).map(\.encoded).joined(separator: "/"))
    }
}

extension String {
    /// The name as a part of a path in a URL.
    var encoded: String {
        addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-_.")))
            ?? ""
    }
}
