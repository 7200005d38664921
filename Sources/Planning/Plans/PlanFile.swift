internal import Foundation
internal import Yams

/// A plan with the places of its keys, so that whatever is found wrong later still names the line.
public struct PlanFile: Sendable {
    /// No plan is longer.
    private static let mostBytes = 1_048_576

    /// Where it was read; nil for a text.
    public let path: String?
    /// What it says.
    public private(set) var plan: Plan
    private var lines: [String: Int]
    private var otherFolder: String?
    private var options: [String: String] = [:]

    /// Reads a plan from a YAML file and validates it.
    ///
    /// - Throws: `PlanError` with the file, the line and the nearest valid word.
    public init(_ path: String) throws(PlanError) {
        let text = try Self.text(of: path)
        do {
            try self.init(yaml: text, path: path)
        } catch {
            throw PlanError(error.message, file: path, line: error.line)
        }
    }

    /// Reads a plan from YAML and validates it.
    ///
    /// - Throws: `PlanError` with the line and the nearest valid word.
    public init(yaml: String, path: String? = nil) throws(PlanError) {
        let root = try PlanReader.root(of: yaml)
        self.path = path
        lines = PlanReader.lines(in: root)
        plan = try PlanReader(root: root, lines: lines).plan()
        let plan = plan
        try locating { () throws(PlanError) in try plan.validate() }
    }

    /// The folder beside whose files the plan stands; the present one for a text.
    public var folder: String {
        otherFolder
            ?? path.map { URL(filePath: $0).deletingLastPathComponent().path }
            ?? FileManager.default.currentDirectoryPath
    }

    /// Has the plan stand in another folder than that of its file: it is a copy of one there.
    public mutating func stand(in folder: String) { otherFolder = folder }

    /// Lets an option of the command line take the place of a key.
    ///
    /// - Throws: what the change throws, as an error of the option.
    public mutating func override(
        _ key: String, by option: String, _ change: (inout Plan) throws(PlanError) -> Void
    ) throws(PlanError) {
        options[key] = option
        do {
            try change(&plan)
        } catch {
            throw PlanError("\(option): \(error.message)")
        }
    }

    /// Adds file and line, or the option, to an error that begins with a key.
    ///
    /// - Throws: what the body throws, with its place.
    public func locating<Value>(
        _ body: () throws(PlanError) -> Value
    ) throws(PlanError) -> Value {
        do {
            return try body()
        } catch {
            guard error.file == nil, error.line == nil else { throw error }
            let key = String(error.message.prefix { $0 != ":" })
            if let option = options[key] {
                throw PlanError(option + error.message.dropFirst(key.count))
            }
            throw PlanError(
                error.message, file: path, line: PlanReader.line(of: key, among: lines))
        }
    }

    /// The bytes of a file that may be anything: a folder, a pipe, a huge one.
    private static func text(of path: String) throws(PlanError) -> String {
        let manager = FileManager.default
        guard let type = try? manager.attributesOfItem(atPath: resolved(path))[.type] else {
            let folder = URL(filePath: path).deletingLastPathComponent()
            let others = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
            let near = NearestWord.to(
                URL(filePath: path).lastPathComponent,
                among: others.filter { $0.hasSuffix(".yaml") }.sorted())
            throw PlanError(
                "there is no such file" + (near.map { "; did you mean '\($0)'?" } ?? ""),
                file: path)
        }
        switch type as? FileAttributeType {
        case .typeRegular: break
        case .typeDirectory:
            let plans = ((try? manager.contentsOfDirectory(atPath: path)) ?? [])
                .filter { $0.hasSuffix(".yaml") }.sorted()
            let hint = plans.isEmpty ? "" : ", such as " + plans.prefix(3).joined(separator: ", ")
            throw PlanError("is a folder, not a plan; name a file in it\(hint)", file: path)
        default: throw PlanError("is no regular file, so it is not read as a plan", file: path)
        }
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard data.count <= mostBytes else {
                throw PlanError("is longer than a mebibyte; no plan is", file: path)
            }
            guard let text = String(validating: data, as: UTF8.self) else {
                throw PlanError("is not UTF-8 text", file: path)
            }
            return text
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(
                "cannot be read: \((error as NSError).localizedDescription)", file: path)
        }
    }

    private static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path
    }
}

extension Plan {
    /// Reads a plan from a YAML file and validates it.
    ///
    /// - Throws: `PlanError` with the file, the line and the nearest valid word.
    public init(contentsOf path: String) throws(PlanError) { self = try PlanFile(path).plan }

    /// Reads a plan from YAML and validates it.
    ///
    /// - Throws: `PlanError` with the line and the nearest valid word.
    public init(yaml: String) throws(PlanError) { self = try PlanFile(yaml: yaml).plan }
}
