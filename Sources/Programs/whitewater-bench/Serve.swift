import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import Wire
import WireNIO

extension Bench {
    /// `whitewater-bench serve`.
    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare raftd with etcd: puts and linearizable reads per second.",
            discussion: """
                Three nodes of each on loopback, fsync on, 64-byte values, every client with a \
                connection of its own to the leader and one request at a time. The two systems \
                take turns, one measurement at a time; the other one idles meanwhile. etcd is \
                asked over its JSON gateway, which costs it something; where h2load (Debian: \
                nghttp2-client) is installed, over gRPC as well, with h2load as the client, \
                which costs nearly nothing. "bare" are clients of raftd that cost as little.
                """)

        @Option(help: "Seconds of each measurement.")
        var seconds = 4.0

        @Option(help: "How often each is repeated.")
        var repeats = 3

        @Option(parsing: .upToNextOption, help: "Numbers of clients.")
        var clients = [1, 8, 32]

        @Flag(help: "Leave etcd out.")
        var onlyRaftd = false

        func run() throws { try Blocking.run { try await compare() } }

        private func compare() async throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let raftd = try LocalCluster.raftd()
            let etcd = onlyRaftd ? nil : try LocalCluster.etcd()
            do {
                try await measure(group, withEtcd: etcd != nil)
            } catch {
                try raftd.stop()
                try etcd?.stop()
                throw error
            }
            try raftd.stop()
            try etcd?.stop()
            try await group.shutdownGracefully()
        }

        private func measure(
            _ group: MultiThreadedEventLoopGroup, withEtcd: Bool
        ) async throws {
            var systems: [(name: String, client: @Sendable () async throws -> any LoadClient)] = []
            let leader = try await LocalCluster.leader(nodes: [1, 2, 3], on: group)
            systems.append(
                (
                    "raftd",
                    {
                        RaftdLoadClient(
                            connection: try await Connection.open(
                                host: "127.0.0.1", port: LocalCluster.clientPort(leader),
                                on: group, timeout: .seconds(1)))
                    }
                ))
            let bare = BareLoad(port: LocalCluster.clientPort(leader))
            var grpc: GRPCLoad?
            if withEtcd {
                let leader = try await EtcdLoadClient.leader(on: group)
                let port = LocalCluster.etcdPort(leader)
                systems.append(("etcd (JSON)", { EtcdLoadClient(port: port, on: group) }))
                grpc = GRPCLoad(port: port)
            }
            print("system        operation  clients   per second (each run)        p50     p99 us")
            for isPut in [true, false] {
                for count in clients {
                    var rows: [(String, [LoadResult])] = systems.map { ($0.name, []) }
                    rows.append(("raftd (bare)", []))
                    if grpc != nil { rows.append(("etcd (gRPC)", [])) }
                    for _ in 0..<repeats {
                        for (place, system) in systems.enumerated() {
                            rows[place].1.append(
                                try await LoadResult.measured(
                                    system.client, count, seconds: seconds, isPut: isPut))
                        }
                        rows[systems.count].1.append(
                            try bare.run(clients: count, seconds: seconds, isPut: isPut))
                        if let grpc {
                            rows[systems.count + 1].1.append(
                                try grpc.run(clients: count, seconds: seconds, isPut: isPut))
                        }
                    }
                    for (name, results) in rows { report(name, isPut, count, results) }
                }
            }
        }

        private func report(
            _ name: String, _ isPut: Bool, _ clients: Int, _ results: [LoadResult]
        ) {
            func padded(_ text: String, _ width: Int) -> String {
                text + String(repeating: " ", count: max(0, width - text.count))
            }
            let rates = results.map { Int($0.perSecond.rounded()) }.sorted()
            func median(_ values: [Double]) -> Int {
                Int(values.sorted()[values.count / 2].rounded())
            }
            print(
                padded(name, 14) + padded(isPut ? "put" : "read", 11) + padded("\(clients)", 10)
                    + padded(rates.map(String.init).joined(separator: " ") + " ", 29)
                    + padded("\(median(results.map(\.p50)))", 8)
                    + "\(median(results.map(\.p99)))")
        }
    }
}

/// What a measurement gave; latencies in microseconds.
struct LoadResult {
    let perSecond: Double
    let p50: Double
    let p99: Double

    init(_ times: [Duration], seconds: Double) {
        let sorted = times.sorted()
        func quantile(_ share: Double) -> Double {
            sorted.isEmpty
                ? 0
                : sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
                    / .microseconds(1)
        }
        perSecond = Double(sorted.count) / seconds
        p50 = quantile(0.5)
        p99 = quantile(0.99)
    }

    /// One measurement, after half a second that does not count.
    static func measured(
        _ client: @escaping @Sendable () async throws -> any LoadClient, _ count: Int,
        seconds: Double, isPut: Bool
    ) async throws -> LoadResult {
        let start = ContinuousClock.now + .milliseconds(500)
        let end = start + .seconds(seconds)
        let times = try await withThrowingTaskGroup(of: [Duration].self) { tasks in
            for number in 0..<count {
                tasks.addTask {
                    let client = try await client()
                    var times: [Duration] = []
                    var key = number
                    while true {
                        let began = ContinuousClock.now
                        guard began < end else { break }
                        if isPut {
                            try await client.put(key)
                        } else {
                            try await client.get(key)
                        }
                        if began >= start { times.append(ContinuousClock.now - began) }
                        key = (key + count) % 10_000
                    }
                    try await client.close()
                    return times
                }
            }
            return try await tasks.reduce(into: [Duration]()) { $0 += $1 }
        }
        return LoadResult(times, seconds: seconds)
    }
}
