internal import CIPTC
import Glibc
internal import Topologies

/// A rule in the kernel's layout: an `ipt_entry`, its matches, its target, each padded to eight
/// bytes (`XT_ALIGN`), the padding zeroed.
struct RuleEntry {
    private(set) var bytes: [UInt8]

    init(_ rule: Rule) {
        bytes = Array(repeating: 0, count: MemoryLayout<ipt_entry>.size)
        let matches =
            (rule.udpPort.map(Self.udpMatch) ?? [])
            + (rule.probability.map(Self.randomMatch) ?? [])
        let target = Self.target(rule.target)
        bytes += matches + target
        let targetOffset = MemoryLayout<ipt_entry>.size + matches.count
        let total = bytes.count
        bytes.withUnsafeMutableBytes { buffer in
            var entry = ipt_entry()
            if let source = rule.source {
                entry.ip.src.s_addr = source.number.bigEndian
                entry.ip.smsk.s_addr = .max
            }
            if let destination = rule.destination {
                entry.ip.dst.s_addr = destination.number.bigEndian
                entry.ip.dmsk.s_addr = .max
            }
            entry.ip.proto = rule.udpPort == nil ? 0 : UInt16(IPPROTO_UDP)
            entry.target_offset = UInt16(targetOffset)
            entry.next_offset = UInt16(total)
            buffer.storeBytes(of: entry, as: ipt_entry.self)
        }
    }

    private static func aligned(_ size: Int) -> Int { (size + 7) & ~7 }

    /// The `udp` match: any source port, one destination port.
    private static func udpMatch(port: UInt16) -> [UInt8] {
        let header = MemoryLayout<xt_entry_match>.size
        let size = aligned(header + MemoryLayout<xt_udp>.size)
        var bytes = head(size: size, name: "udp")
        bytes.withUnsafeMutableBytes { buffer in
            let ports = xt_udp(spts: (0, .max), dpts: (port, port), invflags: 0)
            buffer.storeBytes(of: ports, toByteOffset: header, as: xt_udp.self)
        }
        return bytes
    }

    /// The `statistic` match in its random mode; the probability is a share of 2^31.
    private static func randomMatch(probability: Double) -> [UInt8] {
        let header = MemoryLayout<xt_entry_match>.size
        let size = aligned(header + MemoryLayout<xt_statistic_info>.size)
        var bytes = head(size: size, name: "statistic")
        bytes.withUnsafeMutableBytes { buffer in
            var info = xt_statistic_info()
            info.mode = UInt16(XT_STATISTIC_MODE_RANDOM.rawValue)
            info.u.random.probability = UInt32(min(max(probability, 0), 1) * 0x1p31)
            buffer.storeBytes(of: info, toByteOffset: header, as: xt_statistic_info.self)
        }
        return bytes
    }

    /// A standard target: libiptc finds the verdict, or the chain, by its name.
    private static func target(_ target: Rule.Target) -> [UInt8] {
        let size = aligned(MemoryLayout<xt_entry_target>.size + MemoryLayout<CInt>.size)
        return switch target {
        case .drop: head(size: size, name: "DROP")
        case .goBack: head(size: size, name: "RETURN")
        case .queue(let number): queueTarget(number)
        case .jump(let chain): head(size: size, name: chain)
        }
    }

    /// The third revision of `NFQUEUE`, the one with a bypass.
    private static func queueTarget(_ number: UInt16) -> [UInt8] {
        let header = MemoryLayout<xt_entry_target>.size
        let size = aligned(header + MemoryLayout<xt_NFQ_info_v3>.size)
        var bytes = head(size: size, name: "NFQUEUE")
        bytes.withUnsafeMutableBytes { buffer in
            // The revision is the last byte of the header, behind the name.
            buffer[header - 1] = 3
            let info = xt_NFQ_info_v3(
                queuenum: number, queues_total: 1, flags: UInt16(NFQ_FLAG_BYPASS))
            buffer.storeBytes(of: info, toByteOffset: header, as: xt_NFQ_info_v3.self)
        }
        return bytes
    }

    /// Both `xt_entry_match` and `xt_entry_target` begin with a size and a name of 29 bytes.
    private static func head(size: Int, name: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: UInt16(size), as: UInt16.self) }
        bytes.replaceSubrange(2..<2 + name.utf8.count, with: name.utf8)
        return bytes
    }

    /// Lends the entry to libiptc.
    func withEntry<Result>(_ body: (UnsafePointer<ipt_entry>) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            // An array's storage is aligned for any of the kernel's structures.
            guard let start = buffer.baseAddress else {
                preconditionFailure("an entry has at least its fixed part")
            }
            return body(start.assumingMemoryBound(to: ipt_entry.self))
        }
    }
}
