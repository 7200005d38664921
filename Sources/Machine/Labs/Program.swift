internal import Foundation
internal import Subprocess
internal import SystemPackage

/// A program of the system that a lab needs.
public struct Program: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Where it is.
    public let path: String

    /// Looks a program up in `PATH`, the system's own folders and the given ones.
    ///
    /// - Throws: `LabError.missingProgram`.
    public init(_ name: String, package: String, also folders: [String] = []) throws(LabError) {
        let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let standard = [
            "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
        ]
        let candidates = (search.split(separator: ":").map(String.init) + standard + folders)
            .map { $0 + "/" + name }
        guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:))
        else { throw .missingProgram(name, package: package) }
        self.name = name
        path = found
    }

    /// The program at a path that has been checked already.
    public init(path: String) {
        name = path
        self.path = path
    }

    /// Runs it to its end, with lines as its standard input.
    ///
    /// - Throws: `LabError.commandFailed` unless it exits with 0.
    @discardableResult
    public func run(_ arguments: [String], input: String = "") async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments), input: .string(input),
            output: .string(limit: 1_048_576), error: .string(limit: 65_536))
        guard result.terminationStatus.isSuccess else {
            let complaint = result.standardError
            throw LabError.commandFailed(
                command: ([name] + arguments).joined(separator: " "),
                status: Self.words(result.terminationStatus),
                output: complaint.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return result.standardOutput
    }

    /// `exit status 1` or `signal 9`.
    private static func words(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}
