internal import Foundation
internal import Netfilter
internal import Topologies

/// What a machine must have for a lab, proved by making one, and what is missing.
public struct Examination: Sendable {
    /// One thing that was looked for.
    public struct Finding: Hashable, Sendable {
        /// What it is.
        public let name: String
        /// What was found, or what to do about it.
        public let detail: String
        /// Whether it is there.
        public let isThere: Bool
        /// Whether nothing works without it.
        public let isNeeded: Bool

        /// Something that is there.
        public static func there(_ name: String, _ detail: String, needed: Bool = true) -> Finding {
            Finding(name: name, detail: detail, isThere: true, isNeeded: needed)
        }

        /// Something that is missing, and what to do.
        public static func missing(_ name: String, _ advice: String, needed: Bool) -> Finding {
            Finding(name: name, detail: advice, isThere: false, isNeeded: needed)
        }
    }

    private let distribution: Distribution

    /// An examination of this machine.
    public init(distribution: Distribution = .current) { self.distribution = distribution }

    // MARK: Outside of a lab

    /// Programs, the way into a lab, memory and the clock.
    public func outside() -> [Finding] {
        [
            program("ip", "iproute2", for: "networks are made with it"),
            program("unshare", "util-linux", for: "labs are entered with it"),
            program("setpriv", "util-linux", for: "it ends a lab whose harness was killed"),
            namespaces(),
            program("tc", "iproute2", for: "slow, delay and reorder", needed: false),
            program(
                "nft", "nftables", for: "cuts on kernels without legacy tables", needed: false),
            memory(), limits(), clockSource(),
        ]
    }

    /// Refuses a machine on which no lab can be made.
    ///
    /// - Throws: `LabError` with what to do.
    public func requireLab() throws {
        for (name, package) in [
            ("ip", "iproute2"), ("unshare", "util-linux"), ("setpriv", "util-linux"),
        ] { _ = try Program(name, package: package) }
        try Sandbox.probe()
    }

    private func program(
        _ name: String, _ package: String, for purpose: String, needed: Bool = true
    ) -> Finding {
        do {
            return .there(name, try Program(name, package: package).path, needed: needed)
        } catch {
            return .missing(
                name, "\(purpose); \(distribution.installing(package))", needed: needed)
        }
    }

    private func namespaces() -> Finding {
        let name = geteuid() == 0 ? "namespaces" : "user namespaces"
        do {
            try Sandbox.probe()
            return .there(name, "a throw-away one was made and left")
        } catch {
            return .missing(
                name, "\(error)", needed: true)
        }
    }

    private func memory() -> Finding {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let kilobytes = line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        let megabytes = kilobytes / 1_024
        return megabytes >= 1_024
            ? .there("memory", "\(megabytes) MiB available", needed: false)
            : .missing(
                "memory", "\(megabytes) MiB available; five nodes and the checker want 1 GiB",
                needed: false)
    }

    private func limits() -> Finding {
        let limits = ProcessLimits.raised()
        do throws(LabError) {
            try limits.require(.needed(nodes: 5, workers: 10))
            return .there("limits", "enough open files, threads and addresses", needed: false)
        } catch {
            return .missing("limits", "\(error)", needed: false)
        }
    }

    private func clockSource() -> Finding {
        let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        let source = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "unknown"
        let name = source.trimmingCharacters(in: .whitespacesAndNewlines)
        return ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"].contains(
            name)
            ? .there("clock source", name, needed: false)
            : .missing(
                "clock source", "\(name), which is slow to read; choose tsc in \(path)",
                needed: false)
    }

    /// Room for results.
    public func disk(at folder: String) -> Finding {
        var folder = URL(filePath: folder)
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        let megabytes = (attributes?[.systemFreeSize] as? Int ?? 0) / 1_048_576
        return megabytes >= 1_024
            ? .there("disk", "\(megabytes) MiB free at \(folder.path)", needed: false)
            : .missing(
                "disk", "\(megabytes) MiB free at \(folder.path); a long run wants 1 GiB",
                needed: false)
    }

    // MARK: Inside of a lab

    /// The network and every kind of fault, tried between two nodes of a throw-away lab.
    public func inside() async -> [Finding] {
        let filters = filters()
        let network: LabNetwork
        do {
            network = try await LabNetwork(
                Topology(nodeCount: 2, base: IPv4Address(number: 0x0a4d_0000)))
        } catch {
            return filters + [.missing("network", "\(error)", needed: true)]
        }
        return filters + [
            cut(network), queue(), await discipline(network, slow: true),
            await discipline(network, slow: false),
        ]
    }

    private func filters() -> [Finding] {
        let nft: Finding
        do {
            try PacketFilter.probeNFT()
            nft = .there("nft tables", "used where legacy tables are missing", needed: false)
        } catch {
            nft = .missing("nft tables", "\(error)", needed: false)
        }
        do {
            _ = try FilterTable.hasChain("INPUT")
            return [.there("legacy tables", "libiptc reads the filter table", needed: false), nft]
        } catch {
            return [
                .missing(
                    "legacy tables",
                    "\(error); cuts \(nft.isThere ? "use nft instead" : "cannot be made"), and "
                        + "`modprobe iptable_filter` as root brings the tables",
                    needed: !nft.isThere), nft,
            ]
        }
    }

    private func cut(_ network: LabNetwork) -> Finding {
        do {
            let prober = try Prober(network)
            let all = Set(network.topology.links)
            guard prober.reachable() == all else {
                return .missing("network", "two nodes do not reach each other", needed: true)
            }
            let cut = try Cut([network.topology.links[0]], of: network, named: "doctor")
            let left = prober.reachable()
            try cut.heal()
            guard left == all.subtracting([network.topology.links[0]]) else {
                return .missing("network", "a cut link still carries packets", needed: true)
            }
            return .there("network", "two nodes reach each other, and a cut parts them")
        } catch {
            return .missing("network", "\(error)", needed: true)
        }
    }

    private func queue() -> Finding {
        do {
            try PacketHold(queue: 1, .delay(.milliseconds(1))).finish()
            return .there("NFQUEUE", "delay and reorder work without netem", needed: false)
        } catch {
            return .missing(
                "NFQUEUE", "delay and reorder need it or netem; \(error)", needed: false)
        }
    }

    private func discipline(_ network: LabNetwork, slow: Bool) async -> Finding {
        let name = slow ? "tbf" : "netem"
        do {
            let shaping = try await Shaping(
                slow ? .slow(bitsPerSecond: 1_000_000) : .delay(.milliseconds(1)),
                of: network.topology.names[0])
            try await shaping.heal()
            return .there(
                name, slow ? "slow works" : "delay and reorder use it", needed: false)
        } catch {
            return .missing(
                name,
                (slow ? "the fault slow needs it" : "NFQUEUE is used instead")
                    + "; `modprobe sch_\(name)` as root, or a kernel that has it", needed: false)
        }
    }
}
