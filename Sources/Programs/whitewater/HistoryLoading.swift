import Compression
import Foundation
import Histories

extension History {
    /// Reads the history that a word of a command line stands for: a file, a compressed one, or
    /// the standard input.
    ///
    /// - Throws: `HistoryError` with the place, or `FileProblem`.
    init(path: String, tail: Tail) throws {
        guard path != HistoryFiles.standardInput else {
            let bytes = try Self.unpacked(Self.standardInput(), path)
            self = try Self.read(bytes, named: path, tail: tail)
            return
        }
        do {
            try self.init(contentsOf: path, tail: tail)
        } catch {
            // A compressed file begins with a byte that no history begins with.
            guard case .unexpected = error.reason, error.line == 1, error.column == 1,
                let data = FileManager.default.contents(atPath: path),
                data.starts(with: Gzip.magic)
            else { throw error }
            self = try Self.read(Self.unpacked([UInt8](data), path), named: path, tail: tail)
        }
    }

    private static func read(
        _ bytes: [UInt8], named path: String, tail: Tail
    ) throws -> History {
        do {
            return try History(bytes: bytes, tail: tail)
        } catch {
            throw HistoryError(
                error.reason, file: path, line: error.line, column: error.column)
        }
    }

    private static func unpacked(_ bytes: [UInt8], _ path: String) throws -> [UInt8] {
        guard bytes.starts(with: Gzip.magic) else { return bytes }
        do {
            return try Gzip.inflate(bytes)
        } catch {
            throw FileProblem(file: path, what: "\(error)")
        }
    }

    private static func standardInput() throws -> [UInt8] {
        do {
            return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
        } catch {
            throw FileProblem(
                file: HistoryFiles.standardInput,
                what: "the standard input cannot be read: \(error)")
        }
    }
}

/// What is wrong with a file as a whole.
struct FileProblem: Error, CustomStringConvertible {
    let file: String
    let what: String

    var description: String { "\(file): \(what)" }
}
