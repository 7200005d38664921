import Faults
import Foundation
import Labs
import Netfilter
import Testing
import Topologies

/// Tests that change the network run as process 1 of namespaces of their own, which `make test`
/// makes for them (`.ci/in-lab`).
enum InLab {
    static let isTrue = ProcessInfo.processInfo.environment["WHITEWATER_IN_LAB"] == "1"

    static let condition: ConditionTrait = .enabled(
        if: isTrue, "needs namespaces of its own: `make test` runs it inside of a lab")

    static let network = Task {
        try await LabNetwork(
            Topology(nodeCount: 5, base: IPv4Address(number: 0x0a4d_0000)))
    }

    /// Probes on a thread of their own, for they wait.
    static func probes(
        _ prober: Prober, _ count: Int, along link: Link
    ) async -> [Prober.Arrival] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: prober.probes(count, along: link))
            }
        }
    }

    /// Waits until something is the case; ten seconds are enough on any machine.
    static func until(_ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try !condition() {
            try #require(ContinuousClock.now < deadline, "it never was")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

@Suite(InLab.condition, .serialized) struct `The network of a lab` {
    @Test func `every link works at first`() async throws {
        let network = try await InLab.network.value
        #expect(try Prober(network).reachable() == Set(network.topology.links))
    }

    @Test(arguments: FaultCatalog.faults.filter { $0.family == "partition" }.map(\.name))
    func `a partition cuts its links and no others, and healing restores all`(
        partition: FaultName
    ) async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let names = network.topology.names
        let fault = try #require(FaultCatalog.fault(named: partition))
        let aim = try #require(fault.aim(Aiming(order: names.shuffled(), leader: names[2])))
        let links = aim.links
        #expect(!links.isEmpty)
        #expect(network.topology.links.count == 20)
        let cut = try Cut(links, of: network, named: "test")
        #expect(prober.reachable() == Set(network.topology.links).subtracting(links))
        #expect(
            try cut.traffic().values.allSatisfy { $0.dropped.packets == 0 },
            "probes are not counted")
        try cut.heal()
        #expect(prober.reachable() == Set(network.topology.links))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: retransmissionFile)))
    func `TCP sends again after a second at most, in every node's namespace`() async throws {
        let network = try await InLab.network.value
        #expect(network.longestRetransmission == .seconds(1))
        let ip = try Program("ip", package: "iproute2")
        for node in network.topology.names {
            let limit = try await ip.run([
                "netns", "exec", "\(node)", "cat", Self.retransmissionFile,
            ])
            #expect(limit == "1000\n")
        }
    }

    private static let retransmissionFile = "/proc/sys/net/ipv4/tcp_rto_max_ms"

    @Test func `traffic of the nodes is counted on the link that drops it`() async throws {
        let network = try await InLab.network.value
        let link = Link(from: NodeName(number: 1), to: NodeName(number: 2))
        let cut = try Cut([link], of: network, named: "count")
        let ping = try Program("ip", package: "iproute2")
        // A connection attempt: its SYN is dropped, and sent again, until the time is over.
        _ = try? await ping.run([
            "netns", "exec", "n1", "timeout", "1", "bash", "-c",
            "echo > /dev/tcp/\(network.topology.nodes[1].address)/9",
        ])
        #expect(try cut.traffic()[link].map(\.dropped.packets) ?? 0 >= 1)
        try cut.heal()
    }

    @Test func `healing one of two cuts leaves the other`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let all = Set(network.topology.links)
        let one = Link(from: NodeName(number: 1), to: NodeName(number: 2))
        let other = Link(from: NodeName(number: 3), to: NodeName(number: 4))
        let first = try Cut([one], of: network, named: "a")
        let second = try Cut([other], of: network, named: "b")
        #expect(prober.reachable() == all.subtracting([one, other]))
        try first.heal()
        #expect(prober.reachable() == all.subtracting([other]))
        try second.heal()
        #expect(prober.reachable() == all)
    }

    @Test func `one way is lost in exactly one direction`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let all = Set(network.topology.links)
        for order in [network.topology.names, network.topology.names.reversed()] {
            let aim = try #require(
                LostTraffic(.oneWay).aim(Aiming(order: order, leader: nil)))
            #expect(aim.affected == [order[0]])
            let links = aim.links
            #expect(links.count == 4)
            #expect(links.allSatisfy { !links.contains(Link(from: $0.destination, to: $0.source)) })
            let cut = try Cut(links, of: network, named: "way")
            #expect(prober.reachable() == all.subtracting(links))
            try cut.heal()
        }
        #expect(prober.reachable() == all)
    }

    @Test(arguments: [0.1, 0.3, 0.7])
    func `a flaky link loses its share, within three points`(loss: Double) async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let link = Link(from: NodeName(number: 2), to: NodeName(number: 5))
        let cut = try Cut([link], .lose(loss), of: network, named: "flaky")
        let arrived = prober.arrivals(of: 6_000, along: link)
        #expect(abs(Double(6_000 - arrived) / 6_000 - loss) < 0.03)
        let traffic = try #require(try cut.traffic()[link])
        #expect(traffic.dropped.packets == 6_000 - arrived)
        #expect(traffic.passed.packets == arrived)
        try cut.heal()
        #expect(prober.arrivals(of: 500, along: link) == 500)
    }

    @Test(arguments: [LostTraffic.Which.clients, .replies])
    func `clients and answers are cut as the name says`(
        traffic: LostTraffic.Which
    ) async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let ip = try Program("ip", package: "iproute2")
        let node = network.topology.nodes[2]
        let others = network.topology.names.filter { $0 != node.name }
        let aim = try #require(
            LostTraffic(traffic).aim(Aiming(order: [node.name] + others, leader: nil)))
        let cut = try Cut(aim.links, of: network, named: "clients")
        let lost = traffic == .clients ? [] : others.map { Link(from: node.name, to: $0) }
        #expect(prober.reachable() == Set(network.topology.links).subtracting(lost))
        // Nothing listens there: an open path answers at once that the connection is refused.
        let connect = "echo > /dev/tcp/\(network.topology.gateway)/9"
        func answer(to name: NodeName) async -> String {
            do {
                return try await ip.run([
                    "netns", "exec", "\(name)", "timeout", "1", "bash", "-c", connect,
                ])
            } catch {
                return "\(error)"
            }
        }
        #expect(await !answer(to: node.name).contains("refused"))
        #expect(await answer(to: others[0]).contains("refused"))
        try cut.heal()
        #expect(await answer(to: node.name).contains("refused"))
    }

    @Test func `a user's rules survive, and a commit that fails changes nothing`() async throws {
        _ = try await InLab.network.value
        try FilterTable.transaction { table throws(NetfilterError) in
            try table.createChain("USERS")
            try table.append(Rule(to: IPv4Address("192.0.2.1"), .drop), to: "USERS")
        }
        #expect(throws: NetfilterError.self) {
            try FilterTable.transaction { table throws(NetfilterError) in
                try table.createChain("HALF-DONE")
                try table.append(Rule(.jump(chain: "NOWHERE")), to: "HALF-DONE")
            }
        }
        #expect(try !FilterTable.hasChain("HALF-DONE"))
        #expect(try FilterTable.counters(of: "USERS").count == 1)
        try FilterTable.transaction { table throws(NetfilterError) in
            try table.deleteChain("USERS")
        }
        #expect(try !FilterTable.hasChain("USERS"))
    }

    @Test func `a datagram to a port is told from other traffic`() async throws {
        let network = try await InLab.network.value
        let cut = try Cut(
            [Link(from: NodeName(number: 4), to: NodeName(number: 5))], of: network, named: "p")
        _ = try Prober(network).reachable()
        // The first rule of each link catches probes, three tries of one, the second the rest.
        let counters = try FilterTable.counters(of: "WW-p")
        #expect(counters.map(\.packets) == [3, 0])
        try cut.heal()
    }
}

@Suite(InLab.condition, .serialized) struct `The processes of a lab` {
    private func process() async throws -> (NodeProcess, String) {
        _ = try await InLab.network.value
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        return (try NodeProcess(node: NodeName(number: 1), folder: folder), folder)
    }

    private let sleeper = NodeCommand(executable: "/bin/sleep", arguments: ["60"])

    @Test func `a process is inside of its node's namespace and its output is kept`() async throws {
        let (process, folder) = try await process()
        try await process.start(
            NodeCommand(
                executable: "/bin/sh", arguments: ["-c", "ip -o -4 address; echo $WORD >&2"],
                environment: ["WORD": "hello"]))
        try await waitUntilDown(process)
        let output = try String(contentsOfFile: folder + "/stdout.log", encoding: .utf8)
        #expect(output.contains("10.77.0.1/32"))
        #expect(!output.contains("10.77.0.254"))
        #expect(
            try String(contentsOfFile: folder + "/stderr.log", encoding: .utf8) == "hello\n")
    }

    @Test func `an exit that nobody asked for is noted, a kill is not`() async throws {
        let (process, _) = try await process()
        try await process.start(NodeCommand(executable: "/bin/sh", arguments: ["-c", "exit 3"]))
        try await waitUntilDown(process)
        #expect(await process.unaskedExits.map(\.status) == [.exited(3)])
        try await process.start(sleeper)
        #expect(try await process.kill() == .signaled(9))
        #expect(await process.unaskedExits.count == 1)
    }

    @Test func `a paused process is stopped until it is resumed`() async throws {
        let (process, _) = try await process()
        try await process.start(sleeper)
        #expect(await process.kernelState == .alive)
        try await process.pause()
        #expect(await process.kernelState == .stopped)
        try await process.resume()
        #expect(await process.kernelState != .stopped)
        #expect(try await process.kill() == .signaled(9))
        #expect(await process.kernelState == .absent)
    }

    @Test func `what is not running cannot be killed, paused or resumed`() async throws {
        let (process, _) = try await process()
        await #expect(throws: LabError.self) { try await process.kill() }
        await #expect(throws: LabError.self) { try await process.pause() }
        await #expect(throws: LabError.self) { try await process.resume() }
    }

    @Test func `a paused process can be stopped at the end of a run`() async throws {
        let (process, _) = try await process()
        try await process.start(sleeper)
        try await process.pause()
        await process.stop()
        #expect(await process.state == .down)
        #expect(await process.unaskedExits.isEmpty)
    }

    private func waitUntilDown(_ process: NodeProcess) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while await process.state != .down, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(await process.state == .down)
    }
}
