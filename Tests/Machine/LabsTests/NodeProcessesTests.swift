import Foundation
import Synchronization
import Testing
import Topologies

@testable import Labs

/// Nodes of several processes.
@Suite(InLab.condition, .serialized) struct `The processes of a node` {
    private let sleeper = NodeCommand(executable: "/bin/sleep", arguments: ["60"])

    private func name(_ text: String) throws -> ProcessName { try #require(ProcessName(text)) }

    private func node(_ names: [String]) async throws -> (NodeProcesses, String) {
        _ = try await InLab.network.value
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let node = try NodeProcesses(
            node: NodeName(number: 1), names: try names.map(name), folder: folder)
        return (node, folder)
    }

    private func starts(_ names: [String]) throws -> [ProcessStart] {
        try names.map { ProcessStart(sleeper, name: try name($0)) }
    }

    private func waitUntil(_ isTrue: () async -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while await !isTrue(), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(await isTrue())
    }

    @Test func `wait for those that they need, and write to logs of their own`() async throws {
        let (node, folder) = try await node(["storage", "front"])
        let isReady = Mutex(false)
        let echo = NodeCommand(executable: "/bin/sh", arguments: ["-c", "echo up; exec sleep 60"])
        try await node.start([
            ProcessStart(echo, name: name("storage")) { isReady.withLock { $0 } },
            ProcessStart(echo, name: name("front")),
        ])
        #expect(await node.kernelStates(of: try name("storage")) == [.alive])
        #expect(await node.kernelStates(of: try name("front")) == [.absent])
        if case .up = await node.state {} else { Issue.record("what waits is not down") }
        isReady.withLock { $0 = true }
        try await waitUntil { await node.kernelStates().allSatisfy { $0 == .alive } }
        try await waitUntil {
            (try? String(contentsOfFile: folder + "/front.stdout.log", encoding: .utf8)) == "up\n"
        }
        await node.stop()
        #expect(await node.state == .down)
        #expect(await node.unaskedExits.isEmpty)
    }

    @Test func `that wait are not started once the node has been killed`() async throws {
        let (node, _) = try await node(["storage", "front"])
        let isReady = Mutex(false)
        try await node.start([
            ProcessStart(sleeper, name: name("storage")) { isReady.withLock { $0 } },
            ProcessStart(sleeper, name: name("front")),
        ])
        #expect(try await node.kill() == [.signaled(9)])
        isReady.withLock { $0 = true }
        try await Task.sleep(for: .milliseconds(200))
        #expect(await node.kernelStates() == [.absent, .absent])
        #expect(await node.state == .down)
    }

    @Test func `are struck together, or one of them by name`() async throws {
        let (node, _) = try await node(["storage", "front"])
        let storage = try name("storage")
        try await node.start(starts(["storage", "front"]))
        try await node.pause(storage)
        #expect(await node.kernelStates() == [.stopped, .alive])
        #expect(await node.idle(besides: storage).isEmpty)
        #expect(await node.idle(besides: try name("front")) == [storage])
        try await node.resume()
        #expect(try await node.kill(storage) == [.signaled(9)])
        #expect(await node.state == .down)
        #expect(await node.kernelStates() == [.absent, .alive])
        try await node.start(starts(["storage", "front"]))
        #expect(await node.kernelStates() == [.alive, .alive])
        #expect(try await node.kill() == [.signaled(9), .signaled(9)])
        #expect(await node.unaskedExits.isEmpty)
    }

    @Test func `that end by themselves are told by name`() async throws {
        let (node, _) = try await node(["storage", "front"])
        let front = try name("front")
        try await node.start([
            ProcessStart(sleeper, name: name("storage")),
            ProcessStart(
                NodeCommand(executable: "/bin/sh", arguments: ["-c", "exit 3"]), name: front),
        ])
        try await waitUntil { await node.state(of: front) == .down }
        #expect(await node.unaskedExits.map(\.process) == [front])
        #expect(await node.state == .down)
        #expect(try await node.kill() == [.signaled(9)])
    }
}
