import Foundation
import NIOCore
import NIOPosix
import Wire
import WireNIO

/// Three nodes on this machine's loopback, without a lab: for measuring, not for testing.
///
/// Each node is a child of this process, ends with it (`setpriv --pdeathsig`), and has a folder of
/// its own under the build folder, on the same disk as everything else.
final class LocalCluster {
    enum Failure: Error, CustomStringConvertible {
        case missing(String)
        case noLeader(String)

        var description: String {
            switch self {
            case .missing(let program): "\(program) is missing: run `make setup-etcd build` first"
            case .noLeader(let name): "\(name) elected no leader in 20 s"
            }
        }
    }

    let name: String
    let folder: URL
    private let command: (Int, String) -> [String]
    private var processes: [Int: Process] = [:]

    init(
        _ name: String, nodes: Int = 3, _ command: @escaping (Int, String) -> [String]
    ) throws {
        self.name = name
        self.command = command
        folder = Self.folder(of: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for node in 1...nodes { try start(node) }
    }

    /// Where the nodes' folders are, `n1` and so on.
    static func folder(of name: String) -> URL {
        URL(filePath: FileManager.default.currentDirectoryPath)
            .appending(path: ".build/bench/\(name)-\(getpid())")
    }

    func start(_ node: Int) throws {
        let words = command(node, folder.appending(path: "n\(node)").path)
        guard FileManager.default.isExecutableFile(atPath: words[0]) else {
            throw Failure.missing(words[0])
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/setpriv")
        process.arguments = ["--pdeathsig", "KILL"] + words
        let log = folder.appending(path: "n\(node).log").path
        guard
            FileManager.default.fileExists(atPath: log)
                || FileManager.default.createFile(atPath: log, contents: nil)
        else { throw Failure.missing(log) }
        let handle = try FileHandle(forWritingTo: URL(filePath: log))
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        try SpawningThread.shared.run(process.run)
        processes[node] = process
    }

    /// What a node's process has in memory.
    func residentKilobytes(_ node: Int) -> Int {
        guard let process = processes[node],
            let status = try? String(
                contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
        else { return 0 }
        return Int(line.filter(\.isNumber)) ?? 0
    }

    /// Ends a node at once, as a crash would.
    func kill(_ node: Int) {
        guard let process = processes.removeValue(forKey: node), process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func killAll() { for node in processes.keys.sorted() { kill(node) } }

    func stop() throws {
        killAll()
        try FileManager.default.removeItem(at: folder)
    }

    // MARK: Systems

    /// raftd; at a folder of somebody else's there is one node, one of so many members.
    static func raftd(
        nodes: Int = 3, _ options: [String] = [], at path: String? = nil, members: Int? = nil
    ) throws -> LocalCluster {
        let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "raftd").path
        let servers = (1...(members ?? nodes)).flatMap {
            ["--server", "\($0)=127.0.0.1:\(17_200 + $0)"]
        }
        return try LocalCluster("raftd", nodes: nodes) { node, folder in
            [
                binary, "run", "--id", "\(node)", "--folder", path ?? folder, "--clients",
                "127.0.0.1:\(clientPort(node))", "--log-level", "warning",
            ] + servers + options
        }
    }

    static func clientPort(_ node: Int) -> Int { 17_100 + node }

    static func etcd() throws -> LocalCluster {
        let here = FileManager.default.currentDirectoryPath + "/.tools/usr/bin/etcd"
        let binary = FileManager.default.isExecutableFile(atPath: here) ? here : "/usr/bin/etcd"
        let peers = (1...3).map { "n\($0)=http://127.0.0.1:\(12_480 + $0)" }
        return try LocalCluster("etcd") { node, folder in
            let (client, peer) = (
                "http://127.0.0.1:\(etcdPort(node))", "http://127.0.0.1:\(12_480 + node)"
            )
            return [
                binary, "--name", "n\(node)", "--data-dir", folder,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--initial-cluster", peers.joined(separator: ","),
                "--initial-cluster-state", "new", "--log-level", "error", "--logger", "zap",
            ]
        }
    }

    static func etcdPort(_ node: Int) -> Int { 12_380 + node }

    /// The raftd node that leads.
    ///
    /// - Throws: if there is none in 20 s.
    static func leader(nodes: [Int], on group: any EventLoopGroup) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            for node in nodes {
                guard
                    let connection = try? await Connection.open(
                        host: "127.0.0.1", port: clientPort(node), on: group, timeout: .seconds(1))
                else { continue }
                let reply = try? await connection.send(.status, timeout: .seconds(1))
                await connection.close()
                if case .status(let status)? = reply, status.role == .leader { return node }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failure.noLeader("raftd")
    }
}
