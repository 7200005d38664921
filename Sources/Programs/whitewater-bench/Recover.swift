import ArgumentParser
import Foundation
import NIOPosix
import Raft
import RaftStorage
import Wire
import WireNIO

extension Bench {
    /// `whitewater-bench recover`.
    struct Recover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time raftd's start with a long log, its memory, and a late follower.",
            discussion: """
                First a gigabyte of entries after the last snapshot, in entries of two sizes: from \
                the start of the process to its first status, when the log is verified and it can \
                vote. Then the resident memory of a new node that idles. Then a follower that was \
                away while a million keys were written: how long until it has the leader's state, \
                and what the leader's clients see meanwhile.
                """)

        @Option(help: "Megabytes of entries.")
        var megabytes = 1_000

        @Option(help: "Entries that the late follower misses.")
        var missed = 1_000_000

        @Option(help: "How often the start is repeated.")
        var repeats = 3

        func run() throws { try Blocking.run { try await measure() } }

        private func measure() async throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            for size in [64, 1_024] { try await start(entryBytes: size, group) }
            try await lateFollower(group)
        }

        // MARK: A long log

        private func start(entryBytes: Int, _ group: MultiThreadedEventLoopGroup) async throws {
            let folder = FileManager.default.currentDirectoryPath + "/.build/bench/long-\(getpid())"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let count = try fill(folder, entryBytes)
            var times: [String] = []
            for _ in 0..<repeats {
                let began = ContinuousClock.now
                let cluster = try LocalCluster.raftd(nodes: 1, at: folder, members: 3)
                var status: ServerStatus?
                while status == nil, ContinuousClock.now - began < .seconds(60) {
                    status = await LocalCluster.status(1, on: group)
                    if status == nil { try await Task.sleep(for: .milliseconds(2)) }
                }
                let time = ContinuousClock.now - began
                guard status?.last == UInt64(count) else {
                    try cluster.stop()
                    throw WrongAnswer(description: "status \(status as Any), not \(count) entries")
                }
                times.append("\(Int((time / .milliseconds(1)).rounded())) ms")
                try cluster.stop()
            }
            print(
                "start with \(megabytes) MB of entries of \(entryBytes) bytes (\(count)): "
                    + times.joined(separator: ", "))
        }

        /// Writes entries as a server does.
        private func fill(_ folder: String, _ bytes: Int) throws -> Int {
            var random = SystemRandomNumberGenerator()
            let disk = try RealDisk(folder)
            let (storage, _) = try Storage.open(
                disk, server: ServerID(1),
                members: Membership(voters: Set((1...3).map { ServerID($0) })), using: &random)
            storage.keep(HardState(term: 1))
            var index: UInt64 = 0
            while storage.bytesWritten < megabytes * 1_000_000 {
                let entries = (0..<1_000).map { _ in
                    index += 1
                    let command = Command.call(
                        key: Array("key/\(index % 10_000)".utf8),
                        .write([UInt8](repeating: 0x78, count: bytes)), nil)
                    return Entry(term: 1, index: index, .command(command.bytes))
                }
                storage.append(entries)
                try storage.sync()
            }
            return Int(index)
        }

        // MARK: A late follower

        private func lateFollower(_ group: MultiThreadedEventLoopGroup) async throws {
            let cluster = try LocalCluster.raftd()
            do {
                let leader = try await LocalCluster.leader(nodes: [1, 2, 3], on: group)
                // What is measured is a node that has had nothing to do for a while.
                try await Task.sleep(for: .seconds(3))
                print("resident memory of an idle node: \(cluster.residentKilobytes(leader)) kB")
                let late = leader % 3 + 1
                cluster.kill(late)
                let before = try await put(0..<missed, at: leader, group) { true }
                print("while it is away: \(before)")
                let running = Beacon()
                let returned = ContinuousClock.now
                try cluster.start(late)
                async let load = put(0..<missed, at: leader, group) { running.isSet }
                let time = try await catchUp(late, leader, since: returned, group)
                running.clear()
                let during = try await load
                print("caught up in \(Int((time / .milliseconds(1)).rounded())) ms")
                print("meanwhile: \(during)")
                let snapshot = await LocalCluster.status(late, on: group)?.snapshot ?? 0
                print("its log begins behind \(snapshot), so it got a snapshot")
                print(
                    "resident memory with \(missed) keys: \(cluster.residentKilobytes(leader)) kB")
            } catch {
                try cluster.stop()
                throw error
            }
            try cluster.stop()
        }

        /// Until the late one has applied what the leader had when it was asked.
        private func catchUp(
            _ late: Int, _ leader: Int, since start: ContinuousClock.Instant,
            _ group: MultiThreadedEventLoopGroup
        ) async throws -> Duration {
            let goal = await LocalCluster.status(leader, on: group)?.commit ?? 0
            while ContinuousClock.now - start < .seconds(120) {
                if let status = await LocalCluster.status(late, on: group),
                    status.applied >= goal, goal > 0
                {
                    return ContinuousClock.now - start
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            throw WrongAnswer(description: "the follower has not caught up in two minutes")
        }

        /// Puts keys with 32 clients until they are through, or as long as that is wanted.
        private func put(
            _ keys: Range<Int>, at leader: Int, _ group: MultiThreadedEventLoopGroup,
            _ goesOn: @escaping @Sendable () -> Bool
        ) async throws -> String {
            let began = ContinuousClock.now
            let clients = 32
            let times = try await withThrowingTaskGroup(of: [Duration].self) { tasks in
                for number in 0..<clients {
                    tasks.addTask {
                        let client = RaftdLoadClient(
                            connection: try await Connection.open(
                                host: "127.0.0.1", port: LocalCluster.clientPort(leader),
                                on: group, timeout: .seconds(1)))
                        var times: [Duration] = []
                        var key = keys.lowerBound + number
                        while keys.contains(key), goesOn() {
                            let start = ContinuousClock.now
                            try await client.put(key)
                            times.append(ContinuousClock.now - start)
                            key += clients
                        }
                        await client.close()
                        return times
                    }
                }
                return try await tasks.reduce(into: [Duration]()) { $0 += $1 }
            }
            let result = LoadResult(times, seconds: (ContinuousClock.now - began) / .seconds(1))
            let slowest = (times.max() ?? .zero) / .milliseconds(1)
            return "\(times.count) puts, \(Int(result.perSecond)) per second, p99 "
                + "\(Int(result.p99)) us, slowest \(Int(slowest.rounded())) ms"
        }
    }
}
