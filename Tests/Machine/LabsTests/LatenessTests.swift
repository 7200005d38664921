import Faults
import Foundation
import Labs
import Netfilter
import Testing
import Topologies

extension `The network of a lab` {
    private static let link = Link(from: NodeName(number: 1), to: NodeName(number: 3))

    private static func median(_ arrivals: [Prober.Arrival]) -> Duration {
        let latencies = arrivals.map(\.latency).sorted()
        return latencies.isEmpty ? .zero : latencies[latencies.count / 2]
    }

    @Test(arguments: [20, 100])
    func `held packets come within a tenth as late as asked, and in order`(
        milliseconds: Int
    ) async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let asked = Duration.milliseconds(milliseconds)
        #expect(Self.median(prober.probes(50, along: Self.link)) < .milliseconds(5))
        let hold = try PacketHold(queue: 7, .delay(asked))
        let cut = try Cut([Self.link], .hold(queue: 7, probes: .hold), of: network, named: "late")
        let arrivals = prober.probes(200, along: Self.link)
        #expect(arrivals.map(\.sequence) == Array(0..<200))
        let median = Self.median(arrivals)
        #expect(abs(median / asked - 1) < 0.1, "\(median)")
        #expect(try cut.traffic()[Self.link]?.passed.packets == 200)
        try cut.heal()
        hold.finish()
        #expect(hold.statistics.held == 200)
        #expect(abs(hold.statistics.median / asked - 1) < 0.1)
        #expect(Self.median(prober.probes(50, along: Self.link)) < .milliseconds(5))
    }

    @Test func `of reordered packets a share is overtaken, and none is lost`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let hold = try PacketHold(queue: 8, .reorder(.milliseconds(20), share: 0.25))
        let cut = try Cut([Self.link], .hold(queue: 8, probes: .hold), of: network, named: "order")
        let arrivals = prober.probes(400, along: Self.link)
        try cut.heal()
        hold.finish()
        #expect(Set(arrivals.map(\.sequence)) == Set(0..<400))
        let late = arrivals.filter { $0.latency > .milliseconds(15) }
        #expect(late.count == 100)
        #expect(arrivals.map(\.sequence) != Array(0..<400))
        #expect(hold.statistics.overtaking > 50)
    }

    @Test(arguments: [HoldPolicy.Order.sent, .shuffled(seed: 5)])
    func `packets that wait for a release arrive then, none lost, in the order that was asked`(
        order: HoldPolicy.Order
    ) async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let hold = try PacketHold(queue: 12, .untilReleased(order, limit: 1 << 20))
        let cut = try Cut([Self.link], .hold(queue: 12, probes: .hold), of: network, named: "wait")
        async let arriving = InLab.probes(prober, 200, along: Self.link)
        // All have been sent after 400 ms; the prober waits half a second for more.
        try await InLab.until { hold.statistics.held == 200 }
        #expect(hold.statistics.released == 0)
        hold.release()
        try cut.heal()
        hold.finish()
        let arrivals = await arriving
        #expect(Set(arrivals.map(\.sequence)) == Set(0..<200))
        #expect((arrivals.map(\.sequence) == Array(0..<200)) == (order == .sent))
        #expect(hold.statistics.released == 200)
        #expect(hold.statistics.heldBytes == 200 * 36, "8 bytes, and headers of UDP and IP")
        #expect(Self.median(prober.probes(50, along: Self.link)) < .milliseconds(5))
    }

    @Test func `a hold is none the less one where packets are late, lost and held already`()
        async throws
    {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let other = Link(from: NodeName(number: 2), to: NodeName(number: 4))
        let late = try PacketHold(queue: 21, .delay(.milliseconds(10)))
        let lateness = try Cut(
            [Self.link], .hold(queue: 21, probes: .hold), of: network, named: "late")
        let lost = try Cut([other], of: network, named: "lost")
        #expect(prober.reachable().contains(Self.link))
        var holds: [(PacketHold, Cut)] = []
        for (queue, link) in [(UInt16(22), other), (23, Self.link), (24, Self.link)] {
            let hold = try PacketHold(queue: queue, .untilReleased(.sent, limit: 1 << 20))
            let cut = try Cut(
                [link], .hold(queue: queue, probes: .drop), of: network, named: "wait\(queue)")
            holds.append((hold, cut))
        }
        #expect(!prober.reachable().contains(Self.link))
        for (hold, cut) in holds {
            hold.release()
            try cut.heal()
            hold.finish()
        }
        #expect(prober.reachable().contains(Self.link))
        #expect(!prober.reachable().contains(other))
        try lost.heal()
        try lateness.heal()
        late.finish()
    }

    @Test func `what does not fit into the limit is lost, and counted`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let hold = try PacketHold(queue: 13, .untilReleased(.sent, limit: 36 * 10))
        let cut = try Cut([Self.link], .hold(queue: 13, probes: .hold), of: network, named: "full")
        async let arriving = InLab.probes(prober, 50, along: Self.link)
        try await InLab.until { hold.statistics.held + hold.statistics.refused == 50 }
        hold.release()
        try cut.heal()
        hold.finish()
        #expect(await arriving.map(\.sequence) == Array(0..<10))
        #expect(hold.statistics.refused == 40)
    }

    @Test func `probes do not wait where only nodes' packets are to be counted`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let hold = try PacketHold(queue: 14, .untilReleased(.sent, limit: 1 << 20))
        let cut = try Cut([Self.link], .hold(queue: 14, probes: .drop), of: network, named: "own")
        #expect(!prober.reachable().contains(Self.link))
        #expect(try cut.traffic()[Self.link]?.passed.packets == 0)
        hold.release()
        try cut.heal()
        hold.finish()
        #expect(hold.statistics.held == 0)
        #expect(prober.reachable().contains(Self.link))
    }

    @Test func `a queue that nobody listens on lets packets pass`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let cut = try Cut([Self.link], .hold(queue: 9, probes: .hold), of: network, named: "nobody")
        #expect(prober.reachable() == Set(network.topology.links))
        try cut.heal()
    }

    @Test func `a queue has one listener, and a second one is refused without harm`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let hold = try PacketHold(queue: 11, .delay(.milliseconds(20)))
        let cut = try Cut([Self.link], .hold(queue: 11, probes: .hold), of: network, named: "taken")
        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
        let before = try descriptors()
        for _ in 0..<50 {
            #expect(throws: LabError.self) {
                try PacketHold(queue: 11, .delay(.milliseconds(20)))
            }
        }
        #expect(try descriptors() == before)
        #expect(prober.probes(50, along: Self.link).count == 50)
        try cut.heal()
        hold.finish()
        #expect(hold.statistics.held == 50)
    }

    @Test func `a cut holds on a link whose packets are held too`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let hold = try PacketHold(queue: 10, .delay(.milliseconds(1)))
        let late = try Cut([Self.link], .hold(queue: 10, probes: .hold), of: network, named: "late")
        let cut = try Cut([Self.link], of: network, named: "cut")
        #expect(!prober.reachable().contains(Self.link))
        try cut.heal()
        #expect(prober.reachable().contains(Self.link))
        try late.heal()
        hold.finish()
    }

    @Test func `a narrow link lets through what it was given, each way`() async throws {
        let network = try await InLab.network.value
        let prober = try Prober(network)
        let (node, other) = (NodeName(number: 1), NodeName(number: 3))
        let shaping = try await Shaping(.slow(bitsPerSecond: 64_000), of: node)
        // 36 bytes of IP and 14 of Ethernet: 160 datagrams a second, after a burst of 2,000 bytes.
        for link in [Link(from: node, to: other), Link(from: other, to: node)] {
            let clock = ContinuousClock()
            let start = clock.now
            let arrivals = prober.probes(240, along: link)
            let rate = Double((arrivals.count - 40) * 50 * 8) / ((clock.now - start) / .seconds(1))
            #expect(arrivals.count == 240)
            #expect(rate < 70_000, "\(rate) bits a second")
            #expect(rate > 40_000, "\(rate) bits a second")
        }
        let statistics = try await shaping.statistics()
        #expect(statistics.to.overlimits > 0 && statistics.from.overlimits > 0)
        try await shaping.heal()
        #expect(prober.probes(240, along: Link(from: node, to: other)).count == 240)
    }

    @Test func `nft makes the same cut behind the same type`() async throws {
        let lab = try await InLab.network.value
        let nft = try PacketFilter.nft(Program("nft", package: "nftables"))
        let network = LabNetwork(lab, filter: nft)
        let prober = try Prober(network)
        let all = Set(network.topology.links)
        let other = Link(from: NodeName(number: 2), to: NodeName(number: 4))
        let cut = try Cut([Self.link], of: network, named: "nft-one")
        let lossy = try Cut([other], .lose(0.5), of: network, named: "nft-two")
        #expect(!prober.reachable().contains(Self.link))
        #expect(prober.reachable().isSuperset(of: all.subtracting([Self.link, other])))
        #expect(try cut.traffic()[Self.link]?.dropped.packets == 0, "probes are not counted")
        let before = try #require(try lossy.traffic()[other])
        let arrived = prober.arrivals(of: 4_000, along: other)
        let after = try #require(try lossy.traffic()[other])
        #expect(abs(Double(arrived) / 4_000 - 0.5) < 0.03)
        #expect(after.passed.packets - before.passed.packets == arrived)
        #expect(after.dropped.packets - before.dropped.packets == 4_000 - arrived)
        try cut.heal()
        #expect(prober.reachable().contains(Self.link))
        try lossy.heal()
        #expect(prober.arrivals(of: 500, along: other) == 500)
    }
}

@Suite(InLab.condition) struct `The examination of a machine` {
    @Test func `a machine that can run tests is found healthy inside of a lab`() async throws {
        _ = try await InLab.network.value
        let findings = Examination().outside()
        #expect(findings.allSatisfy { $0.isThere || !$0.isNeeded }, "\(findings)")
        #expect(Set(findings.map(\.name)).isSuperset(of: ["ip", "unshare", "setpriv", "memory"]))
    }

    @Test func `advice names the packages of the distribution`() {
        let debian = Distribution(osRelease: "NAME=x\nID=ubuntu\nID_LIKE=debian\n")
        #expect(debian.installing("iproute2") == "apt-get install iproute2")
        let fedora = Distribution(osRelease: "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n")
        #expect(fedora.installing("iproute2") == "dnf install iproute iproute-tc")
        #expect(Distribution(osRelease: "").installing("nftables").contains("nftables"))
        #expect(debian.allowingUserNamespaces.contains("apparmor"))
    }
}
