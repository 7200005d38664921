import Foundation
import Logging
import NIOCore
import NIOPosix
import Raft
import RaftStorage
import Synchronization
import Testing
import Wire
import WireNIO

@testable import RaftNode

/// A real folder whose syncs begin to fail.
private final class FailingDisk: Disk {
    let disk: RealDisk
    let error = Mutex<StorageError?>(nil)

    init(_ folder: String) throws { disk = try RealDisk(folder) }

    var folder: String { disk.folder }
    func names() throws(StorageError) -> [String] { try disk.names() }
    func read(_ name: String, into buffer: inout [UInt8]) throws(StorageError) -> Int {
        try disk.read(name, into: &buffer)
    }
    func size(of name: String) throws(StorageError) -> Int { try disk.size(of: name) }
    func open(_ name: String, size: Int?) throws(StorageError) -> any DiskFile {
        FailingFile(try disk.open(name, size: size), self)
    }
    func rename(_ name: String, to other: String) throws(StorageError) {
        try disk.rename(name, to: other)
    }
    func remove(_ name: String) throws(StorageError) { try disk.remove(name) }
    func sync() throws(StorageError) { try disk.sync() }
    func release() { disk.release() }
}

private final class FailingFile: DiskFile {
    let file: any DiskFile
    let disk: FailingDisk

    init(_ file: any DiskFile, _ disk: FailingDisk) {
        self.file = file
        self.disk = disk
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        if let error = disk.error.withLock({ $0 }) { throw error }
        try file.write(bytes, at: offset)
    }
    func truncate(to size: Int) throws(StorageError) { try file.truncate(to: size) }
    func sync() throws(StorageError) { try file.sync() }
}

@Suite struct `A node whose disk fails` {
    @Test(arguments: [
        StorageError.full(file: "log"), .failed(operation: "sync", file: "log", errno: EIO),
    ])
    func `stops, acknowledges nothing more, and has all that it acknowledged`(
        error: StorageError
    ) async throws {
        let folder = NSTemporaryDirectory() + "/whitewater-failing-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await listener.close()
        let address = NodeOptions.Address(host: "127.0.0.1", port: port)
        let options = NodeOptions(
            id: ServerID(1), clients: address,
            servers: [ServerID(1): .init(host: "127.0.0.1", port: port + 1)])
        var log = Logger(label: "raftd")
        log.logLevel = .critical

        let disk = try FailingDisk(folder)
        let node = try await NodeFactory.node(options, disk: disk, isJoining: false, log: log)
        try await node.start()
        let connection = try await Connection.open(
            host: "127.0.0.1", port: port, on: MultiThreadedEventLoopGroup.singleton,
            timeout: .seconds(2))
        let add = Request.Body.command(.call(key: [1], .add(1), nil), .refuse)
        var acknowledged: Int64 = 0
        let deadline = ContinuousClock.now + .seconds(120)
        while acknowledged < 20, ContinuousClock.now < deadline {
            if case .answer(.number(let number)) = try await connection.send(
                add, timeout: .seconds(2))
            {
                acknowledged = number
            }
        }
        #expect(acknowledged == 20)
        disk.error.withLock { $0 = error }
        await #expect(throws: Connection.Failure.self) {
            try await connection.send(add, timeout: .seconds(5))
        }
        await #expect(throws: error) { try await node.run() }

        var random = SystemRandomNumberGenerator()
        let (_, recovery) = try Storage.open(
            try RealDisk(folder), server: ServerID(1),
            members: Membership(voters: [ServerID(1)]), using: &random)
        let commands = recovery.log.entries.filter {
            if case .command = $0.payload { true } else { false }
        }
        #expect(commands.count == 20)
    }
}
