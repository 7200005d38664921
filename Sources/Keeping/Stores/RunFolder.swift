internal import Foundation
public import Histories
public import Results

/// A run's folder: `results/<plan>/<yyyyMMddTHHmmss.SSSZ>`, with links to the latest.
public struct RunFolder: Sendable {
    /// The folder's absolute path.
    public let path: String

    /// Makes a new folder and points `latest` and `<plan>/latest` at it.
    ///
    /// - Throws: `StoreError` if the results folder cannot be written.
    public init(results: String, plan: String, started: String) throws(StoreError) {
        let base = URL(filePath: results)
        guard plan != "latest" else {
            throw StoreError(
                path: base.appending(path: plan).path,
                why: "is the name of the link to the latest run; give the plan another name")
        }
        path = base.appending(path: plan).appending(path: started).path
        do {
            try FileManager.default.createDirectory(
                at: base.appending(path: plan), withIntermediateDirectories: true)
            // Fails if another run has begun in the same millisecond: a folder has one run.
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            try Self.link(base.appending(path: plan).appending(path: "latest"), to: started)
            try Self.link(base.appending(path: "latest"), to: "\(plan)/\(started)")
        } catch {
            throw StoreError(
                path: path,
                why: "\((error as NSError).localizedDescription); choose another "
                    + "--results folder, or make this one writable")
        }
    }

    /// A folder of an earlier run.
    public init(existing path: String) {
        self.path = URL(filePath: path).resolvingSymlinksInPath().path
    }

    /// The present moment as a folder's name.
    public static func timestamp() -> String {
        let format = Date.VerbatimFormatStyle(
            format: """
                \(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)T\
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\
                \(minute: .twoDigits)\(second: .twoDigits).\(secondFraction: .fractional(3))Z
                """,
            timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return Date.now.formatted(format)
    }

    /// Replaces a link at once, so that no reader finds none.
    private static func link(_ link: URL, to target: String) throws {
        let fresh = link.path + ".\(ProcessInfo.processInfo.globallyUniqueString)"
        try FileManager.default.createSymbolicLink(
            atPath: fresh, withDestinationPath: target)
        guard rename(fresh, link.path) == 0 else {
            let code = errno
            unlink(fresh)
            throw NSError(domain: NSPOSIXErrorDomain, code: Int(code))
        }
    }

    /// The plan as it was run: every default, the seed.
    public var plan: String { path + "/plan.yaml" }
    /// What every client saw.
    public var history: String { path + "/history.edn" }
    /// What the run found out.
    public var results: String { path + "/results.json" }
    /// What is drawn of the history.
    public var excerpt: String { path + "/excerpt.json" }
    /// What the harness did.
    public var log: String { path + "/whitewater.log" }
    /// The page.
    public var page: String { path + "/index.html" }
    /// A plot as a file of its own, by name: `rate`, `latency` or `timeline`.
    public func plot(_ name: String) -> String { path + "/\(name).svg" }

    /// The folder of a node, made if it is not there.
    ///
    /// - Throws: `StoreError` if it cannot be made.
    public func folder(of node: String) throws(StoreError) -> String {
        let folder = path + "/nodes/" + node
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw StoreError(path: folder, why: (error as NSError).localizedDescription)
        }
        return folder
    }

    /// Writes a file whole or not at all.
    ///
    /// - Throws: `StoreError` if it cannot be written.
    public func write(_ text: String, to file: String) throws(StoreError) {
        do {
            try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw StoreError(path: file, why: (error as NSError).localizedDescription)
        }
    }

    /// Writes `results.json`.
    ///
    /// - Throws: `StoreError` if it cannot be written.
    public func write(_ results: RunResults) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try write(String(decoding: try encoder.encode(results), as: UTF8.self), to: self.results)
    }

    /// Writes what is drawn of the history.
    ///
    /// - Throws: `StoreError` if it cannot be written.
    public func write(_ excerpt: HistoryExcerpt) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try write(
            String(decoding: try encoder.encode(excerpt), as: UTF8.self), to: self.excerpt)
    }

    /// Reads what is drawn of the history; nil if there is none that this program can draw: the
    /// history itself has everything that it has.
    public func readExcerpt() -> HistoryExcerpt? {
        guard let data = try? Data(contentsOf: URL(filePath: excerpt)),
            let read = try? JSONDecoder().decode(HistoryExcerpt.self, from: data),
            read.format == HistoryExcerpt.formatVersion, read.isDrawable
        else { return nil }
        return read
    }

    /// Writes the smallest contradiction of each key as a history of its own, in `contradictions`.
    ///
    /// - Throws: `StoreError` if one cannot be written.
    public func writeContradictions(
        of results: RunResults, in history: History
    ) throws(StoreError) {
        let folder = path + "/contradictions"
        for key in results.keys {
            guard let ids = key.contradiction?.history, !ids.isEmpty else { continue }
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw StoreError(path: folder, why: (error as NSError).localizedDescription)
            }
            let name = (key.key ?? "history").filter { $0.isLetter || $0.isNumber || $0 == "-" }
            try write(
                String(decoding: history.edn(of: ids), as: UTF8.self),
                to: "\(folder)/key-\(name).edn")
        }
    }

    /// Reads `results.json` back.
    ///
    /// - Throws: `StoreError` if there is none of a known format.
    public func readResults() throws(StoreError) -> RunResults {
        guard FileManager.default.fileExists(atPath: results) else {
            throw StoreError(
                path: results,
                why: "is not there: this is no run's folder, or the run was cut short; "
                    + "`whitewater check \(history)` judges what was recorded")
        }
        do {
            let data = try Data(contentsOf: URL(filePath: results))
            let format = try JSONDecoder().decode(Format.self, from: data).format
            guard format <= RunResults.formatVersion else {
                throw StoreError(
                    path: self.results,
                    why: "is of format \(format), and this program knows formats up to "
                        + "\(RunResults.formatVersion); use a newer whitewater")
            }
            var results = try JSONDecoder().decode(RunResults.self, from: data)
            let impossible = results.impossibleNumbers()
            guard impossible.isEmpty else {
                throw StoreError(
                    path: self.results,
                    why: "has numbers that no run can have had, in "
                        + impossible.prefix(5).joined(separator: ", ")
                        + "; it was edited or damaged, and `whitewater check \(history)` judges "
                        + "what was recorded")
            }
            if results.findingGroups == nil { results.groupFindings() }
            return results
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(
                path: results,
                why: "cannot be read (\(error)); it was edited or damaged, and `whitewater check "
                    + "\(history)` judges what was recorded")
        }
    }

    /// What every format has.
    private struct Format: Decodable { let format: Int }

    /// The text of a file of this folder, its last part if it is long; nil if there is none.
    public func text(of file: String, last bytes: Int = 4_194_304) -> String? {
        // Not one that waits for a writer: a pipe may lie in a log's place.
        let descriptor = open(path + "/" + file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            (try? handle.seek(toOffset: UInt64(max(0, Int(status.st_size) - bytes)))) != nil
        else { return nil }
        return (try? handle.read(upToCount: bytes)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}

/// Why a run's folder could not be written or read.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// The reason and what to do.
    public let why: String

    /// The path and the reason.
    public var description: String { "\(path): \(why)" }
}
