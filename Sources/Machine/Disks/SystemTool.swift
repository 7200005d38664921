internal import Foundation
internal import Glibc

/// A program of the system that makes or mounts disks.
struct SystemTool {
    private let path: String

    /// Looks it up.
    ///
    /// - Throws: `DiskError.noLoop` if it is missing.
    init(_ name: String) throws(DiskError) {
        let folders = ["/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"]
        guard let path = folders.map({ $0 + name }).first(where: { access($0, X_OK) == 0 }) else {
            throw .noLoop("\(name) is missing; install e2fsprogs, mount and coreutils")
        }
        self.path = path
    }

    /// Runs it to its end; what it says goes to the log.
    ///
    /// - Throws: `DiskError` with its last line unless it ends with 0.
    func run(_ arguments: [String], log: String, disk: String) async throws(DiskError) {
        let output = Glibc.open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        let input = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer {
            close(output)
            close(input)
        }
        guard output >= 0, input >= 0 else {
            throw .server(disk: disk, why: "\(log) cannot be written")
        }
        let status = await
            (try ServerProcess(
                path, arguments, input: input, output: output, errors: output, disk: disk
            )).wait()
        guard status == 0 else {
            let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw .server(
                disk: disk,
                why: words.split(separator: "\n").last.map(String.init)
                    ?? "\(path) ended with wait status \(status)")
        }
    }
}
