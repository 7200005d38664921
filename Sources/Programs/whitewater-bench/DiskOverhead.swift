import ArgumentParser
import Disks
import Foundation
import Labs
import NIOCore
import NIOPosix
import Topologies
import WireNIO

extension Bench {
    /// `whitewater-bench disks`.
    struct DiskOverhead: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disks",
            abstract: "Compare puts per second on plain folders and on disks that can lose power.",
            discussion: """
                Three nodes of raftd and of etcd on the loopback of a throw-away lab, fsync on, \
                64-byte values, every client with a connection of its own to the leader and one \
                request at a time. Plain folders and disks take turns. `whitewater`, which serves \
                the disks, must lie beside this program. Needs /dev/fuse.
                """)

        @Option(help: "Seconds of each measurement.")
        var seconds = 4.0

        @Option(help: "How often each is repeated.")
        var repeats = 5

        @Option(parsing: .upToNextOption, help: "Numbers of clients.")
        var clients = [1, 32]

        /// Set by the outside process for the one inside the lab.
        @Flag(help: .hidden)
        var insideLab = false

        func run() throws {
            guard insideLab else {
                let own = Array(CommandLine.arguments.dropFirst())
                let ending = try Sandbox.enter(arguments: own + ["--inside-lab"])
                throw ending == .confirmed(0) ? ExitCode.success : ExitCode.failure
            }
            Task {
                do {
                    try await compare()
                    Sandbox.confirm(status: 0)
                    Bench.exit()
                } catch {
                    Bench.exit(withError: error)
                }
            }
            dispatchMain()
        }

        private enum Subject: String, CaseIterable {
            case raftd
            case etcd
        }

        private func compare() async throws {
            // For its loopback.
            let network = try await LabNetwork(
                Topology(nodeCount: 1, base: IPv4Address(number: 0x0a4d_0000)))
            var rates: [String: [Int]] = [:]
            for _ in 0..<repeats {
                for subject in Subject.allCases {
                    for onDisk in [false, true] {
                        for (count, rate) in try await measure(subject, onDisk: onDisk) {
                            rates[Self.name(subject, onDisk, count), default: []].append(rate)
                        }
                    }
                }
            }
            show(rates)
            _ = network
        }

        private func show(_ rates: [String: [Int]]) {
            print("puts per second          clients       min    median       max")
            for subject in Subject.allCases {
                for count in clients {
                    let plain = rates[Self.name(subject, false, count)] ?? []
                    let disk = rates[Self.name(subject, true, count)] ?? []
                    let ratios = zip(disk, plain).map { Double($0) / Double(max($1, 1)) }
                    for (name, figures) in [
                        ("plain folder", plain.sorted().map { "\($0)" }),
                        ("disk", disk.sorted().map { "\($0)" }),
                        ("ratio by turns", ratios.sorted().map { String(format: "%.2f", $0) }),
                    ] where !figures.isEmpty {
                        let three = [figures[0], figures[figures.count / 2], figures.last ?? ""]
                        print(
                            Self.padded("\(subject.rawValue), \(name)", 22)
                                + (["\(count)"] + three).map { Self.padded($0, -10) }.joined())
                    }
                }
            }
        }

        private static func name(_ subject: Subject, _ onDisk: Bool, _ count: Int) -> String {
            "\(subject) \(onDisk) \(count)"
        }

        private static func padded(_ text: String, _ width: Int) -> String {
            let space = String(repeating: " ", count: max(0, abs(width) - text.count))
            return width > 0 ? text + space : space + text
        }

        /// Puts per second by the number of clients, of a cluster that is made for it.
        private func measure(_ subject: Subject, onDisk: Bool) async throws -> [(Int, Int)] {
            let disks = onDisk ? try await Self.disks(of: subject) : []
            let cluster = subject == .raftd ? try LocalCluster.raftd() : try LocalCluster.etcd()
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            var rates: [(Int, Int)] = []
            var failure: (any Error)?
            do {
                let client = try await Self.client(of: subject, on: group)
                for count in clients {
                    let result = try await LoadResult.measured(
                        client, count, seconds: seconds, isPut: true)
                    rates.append((count, Int(result.perSecond.rounded())))
                }
            } catch {
                failure = error
            }
            cluster.killAll()
            for disk in disks { await disk.stop() }
            try cluster.stop()
            try await group.shutdownGracefully()
            if let failure { throw failure }
            return rates
        }

        private static func disks(of subject: Subject) async throws -> [MountedDisk] {
            let program = URL(filePath: Sandbox.executable).deletingLastPathComponent()
                .appending(path: "whitewater").path
            var disks: [MountedDisk] = []
            for node in 1...3 {
                let folder = LocalCluster.folder(of: subject.rawValue)
                let disk = MountedDisk(
                    name: "n\(node)", folder: folder.appending(path: "n\(node)").path,
                    options: DiskOptions(), program: program,
                    log: folder.appending(path: "disk\(node).log").path)
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
                try await disk.start()
                disks.append(disk)
            }
            return disks
        }

        private static func client(
            of subject: Subject, on group: MultiThreadedEventLoopGroup
        ) async throws -> @Sendable () async throws -> any LoadClient {
            switch subject {
            case .raftd:
                let leader = try await LocalCluster.leader(nodes: [1, 2, 3], on: group)
                return {
                    RaftdLoadClient(
                        connection: try await Connection.open(
                            host: "127.0.0.1", port: LocalCluster.clientPort(leader), on: group,
                            timeout: .seconds(1)))
                }
            case .etcd:
                let leader = try await EtcdLoadClient.leader(on: group)
                let port = LocalCluster.etcdPort(leader)
                return { EtcdLoadClient(port: port, on: group) }
            }
        }
    }
}
