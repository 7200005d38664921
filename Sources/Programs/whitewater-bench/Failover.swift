import ArgumentParser
import Foundation
import NIOPosix
import Wire
import WireNIO

extension Bench {
    /// `whitewater-bench failover`.
    struct Failover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Kill raftd's leader again and again; time the next acknowledged write.",
            discussion: """
                Three nodes on loopback, without a lab, with an election timeout of 300 ms and a \
                heartbeat of 50 ms. The clock runs from SIGKILL to the first acknowledgement that \
                a client gets, who tries the other two nodes in turn.
                """)

        @Option(help: "How often.")
        var kills = 50

        func run() throws { try Blocking.run { try await measure() } }

        private func measure() async throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let cluster = try LocalCluster.raftd(
                nodes: 3, ["--election-timeout", "300ms", "--heartbeat", "50ms"])
            var times: [Duration] = []
            do {
                for number in 1...kills {
                    let leader = try await LocalCluster.leader(nodes: [1, 2, 3], on: group)
                    let others = [1, 2, 3].filter { $0 != leader }
                    let killed = ContinuousClock.now
                    cluster.kill(leader)
                    try await write(number, to: others, on: group)
                    times.append(ContinuousClock.now - killed)
                    try cluster.start(leader)
                    try await catchUp(on: group)
                }
            } catch {
                try cluster.stop()
                throw error
            }
            try cluster.stop()
            print(Sample.heading)
            print(Sample(times).row("SIGKILL to acknowledged write"))
        }

        private func write(
            _ number: Int, to nodes: [Int], on group: MultiThreadedEventLoopGroup
        ) async throws {
            var connections: [Connection] = []
            for node in nodes {
                connections.append(
                    try await Connection.open(
                        host: "127.0.0.1", port: LocalCluster.clientPort(node), on: group,
                        timeout: .seconds(1)))
            }
            let command = Command.call(
                key: Array("failover".utf8), .write(Array("\(number)".utf8)), nil)
            let deadline = ContinuousClock.now + .seconds(30)
            var isDone = false
            while !isDone, ContinuousClock.now < deadline {
                for connection in connections where !isDone {
                    let reply = try await connection.send(
                        .command(command, .refuse), timeout: .seconds(5))
                    isDone = reply == .answer(.done)
                }
                // Between two tries, as any client would.
                if !isDone { try await Task.sleep(for: .milliseconds(2)) }
            }
            for connection in connections { await connection.close() }
            guard isDone else { throw LocalCluster.Failure.noLeader("raftd") }
        }

        /// Waits until all three have applied the same.
        private func catchUp(on group: MultiThreadedEventLoopGroup) async throws {
            let deadline = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < deadline {
                var applied: Set<UInt64> = []
                for node in 1...3 {
                    applied.insert(await LocalCluster.status(node, on: group)?.applied ?? 0)
                }
                if applied.count == 1, !applied.contains(0) { return }
                try await Task.sleep(for: .milliseconds(20))
            }
            throw LocalCluster.Failure.noLeader("raftd")
        }
    }
}

extension LocalCluster {
    /// What a raftd node says of itself; nil if it does not answer.
    static func status(_ node: Int, on group: MultiThreadedEventLoopGroup) async -> ServerStatus? {
        guard
            let connection = try? await Connection.open(
                host: "127.0.0.1", port: clientPort(node), on: group, timeout: .seconds(1))
        else { return nil }
        let reply = try? await connection.send(.status, timeout: .seconds(1))
        await connection.close()
        if case .status(let status)? = reply { return status }
        return nil
    }
}
