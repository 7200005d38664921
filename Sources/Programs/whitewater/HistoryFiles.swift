import ArgumentParser
import Glibc

/// The history files that the words of a command line stand for.
enum HistoryFiles {
    /// What a history file's name ends in, compressed or not.
    static let endings = [".edn", ".json", ".jsonl", ".log", ".txt"]

    /// A word for the standard input.
    static let standardInput = "-"

    /// The files, with folders (links to folders too) replaced by the histories in them.
    ///
    /// - Throws: `ValidationError` for a folder without any: nothing to judge is never
    ///   linearizable.
    static func files(_ paths: [String]) throws -> [String] {
        guard !paths.isEmpty else {
            throw ValidationError(
                "name a history file, a folder, - for the input, or --self-test N")
        }
        var files: [String] = []
        for path in paths {
            guard path != standardInput, kind(of: path) == S_IFDIR else {
                files.append(path)
                continue
            }
            let inside = histories(in: path)
            guard !inside.isEmpty else {
                throw ValidationError(
                    "\(path): no history is in this folder (no file named *"
                        + endings.joined(separator: ", *")
                        + " or those with .gz); nothing to judge is never linearizable")
            }
            files += inside
        }
        return files
    }

    /// The histories in a folder, by name; of a run's folder its `history.edn` alone.
    private static func histories(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        if names.contains("history.edn") { return [prefix + "history.edn"] }
        return names.sorted().flatMap { name -> [String] in
            let path = prefix + name
            // A file's name tells, so that a hundred thousand files need not be looked at twice.
            if isHistory(name), kind(of: path, followsLinks: true) != S_IFDIR { return [path] }
            return kind(of: path, followsLinks: false) == S_IFDIR ? histories(in: path) : []
        }
    }

    private static func isHistory(_ name: String) -> Bool {
        let bare = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        return endings.contains { bare.hasSuffix($0) }
    }

    /// The kind of a file as `stat` says it; nil if there is none.
    private static func kind(of path: String, followsLinks: Bool = true) -> mode_t? {
        var status = stat()
        let result = followsLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status.st_mode & S_IFMT : nil
    }
}
