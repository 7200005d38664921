internal import Foundation
public import Histories

/// A run's folder: `results/<plan>/<yyyyMMddTHHmmss.SSSZ>`, with links to the latest.
public struct RunFolder: Sendable {
    /// The folder's absolute path.
    public let path: String

    /// Makes a new folder and points `latest` and `<plan>/latest` at it.
    ///
    /// - Throws: `StoreError` if the results folder cannot be written.
    public init(results: String, plan: String, started: String) throws(StoreError) {
        let base = URL(filePath: results)
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
            let results = try JSONDecoder().decode(RunResults.self, from: data)
            guard results.format <= RunResults.formatVersion else {
                throw StoreError(
                    path: self.results,
                    why: "is of format \(results.format), and this program knows formats up to "
                        + "\(RunResults.formatVersion); use a newer whitewater")
            }
            return results
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(path: results, why: "\(error)")
        }
    }

    /// The text of a file of this folder, its last part if it is long; nil if there is none.
    public func text(of file: String, last bytes: Int = 4_194_304) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path + "/" + file),
            let size = try? handle.seekToEnd()
        else { return nil }
        try? handle.seek(toOffset: UInt64(max(0, Int(size) - bytes)))
        return (try? handle.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes the nodes' data, which only a run that is not valid keeps.
    ///
    /// - Throws: `StoreError` if it cannot be removed.
    public func removeData(of node: String) throws(StoreError) {
        let data = path + "/nodes/" + node + "/data"
        guard FileManager.default.fileExists(atPath: data) else { return }
        do {
            try FileManager.default.removeItem(atPath: data)
        } catch {
            throw StoreError(path: data, why: (error as NSError).localizedDescription)
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
