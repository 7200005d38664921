import Foundation

/// A load on etcd over gRPC with h2load as the client, which does nearly no work of its own: one
/// and the same request again and again, a connection for each client.
struct GRPCLoad {
    private let port: Int
    private let folder: URL
    private static let program = "/usr/bin/h2load"

    /// nil where h2load is not installed.
    init?(port: Int) {
        guard FileManager.default.isExecutableFile(atPath: Self.program) else { return nil }
        self.port = port
        folder = URL(filePath: NSTemporaryDirectory()).appending(
            path: "whitewater-grpc-\(getpid())")
    }

    func run(clients: Int, seconds: Double, isPut: Bool) throws -> LoadResult {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // A temporary folder that cannot be removed spoils no measurement.
        defer { try? FileManager.default.removeItem(at: folder) }
        let body = folder.appending(path: isPut ? "put" : "range")
        try Self.frame(isPut: isPut).write(to: body)
        let log = folder.appending(path: "log").path
        let path = isPut ? "Put" : "Range"
        let process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = [
            "-D", "\(Int(seconds.rounded()))", "--warm-up-time", "500ms", "-c", "\(clients)", "-m",
            "1",
            "-d", body.path, "-H", "content-type: application/grpc", "-H", "te: trailers",
            "--log-file", log,
            "http://127.0.0.1:\(port)/etcdserverpb.KV/\(path)",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0, text.contains("0 failed, 0 errored") else {
            throw WrongAnswer(description: "h2load: \(text)")
        }
        // A line for each request: when it began, its status, its microseconds.
        let times = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            .compactMap { line -> Duration? in
                let words = line.split(separator: "\t")
                guard words.count == 3, words[1] == "200", let time = Int(words[2]) else {
                    return nil
                }
                return .microseconds(time)
            }
        return LoadResult(times, seconds: seconds.rounded())
    }

    /// A message of one of etcd's requests in gRPC's frame: no compression, its length, the bytes.
    private static func frame(isPut: Bool) -> Data {
        var message: [UInt8] = field(1, Array("key/7".utf8))
        if isPut { message += field(2, [UInt8](repeating: 0x78, count: 64)) }
        return Data([0, 0, 0, 0, UInt8(message.count)] + message)
    }

    /// A field of bytes as Protocol Buffers have it: number and kind, length, bytes.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
}
