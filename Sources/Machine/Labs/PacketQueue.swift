internal import CLinux
internal import Foundation

/// A queue of the kernel's whose packets wait for this program's verdict (NFQUEUE), spoken to in
/// netlink messages (`linux/netfilter/nfnetlink_queue.h`).
///
/// Only numbers of packets and their IP headers cross over, not their contents.
final class PacketQueue: Sendable {
    /// Readable when packets have arrived.
    let descriptor: CInt
    private let number: UInt16

    private static let bufferSize = 8_192
    private static let mostAtOnce = 256
    /// The verdict that lets a packet pass (`NF_ACCEPT` of `linux/netfilter.h`, whose import would
    /// define socket addresses twice).
    private static let pass: UInt32 = 1
    /// The verdict that loses it (`NF_DROP`).
    private static let lose: UInt32 = 0
    /// Of each packet this much is copied: an IP header without options.
    private static let headerSize = 20

    /// A packet that waits.
    struct Packet: Hashable {
        /// Its number in the queue.
        let number: UInt32
        /// Its length with all headers of IP, in bytes.
        let length: Int
    }
    /// What comes while so many packets wait is lost.
    private static let mostPackets: UInt32 = 65_535

    /// Listens on a queue of this network namespace.
    ///
    /// - Throws: `LabError.systemCall` if the kernel has no such queues, or another program has
    ///   this one.
    init(number: UInt16) throws(LabError) {
        self.number = number
        let kind = CInt(SOCK_RAW.rawValue) | O_CLOEXEC | O_NONBLOCK
        descriptor = socket(AF_NETLINK, kind, CInt(NETLINK_NETFILTER))
        guard descriptor >= 0 else {
            throw .systemCall("a netlink socket", code: errno, advice: Self.advice)
        }
        var size = CInt(8_388_608)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        // If one of these fails, the descriptor is closed by deinit, for self is complete.
        try configure(NFQA_CFG_CMD, [UInt8(NFQNL_CFG_CMD_BIND.rawValue), 0, 0, 0])
        try configure(
            NFQA_CFG_PARAMS,
            Self.bytes(UInt32(Self.headerSize)) + [UInt8(NFQNL_COPY_PACKET.rawValue)])
        try configure(NFQA_CFG_QUEUE_MAXLEN, Self.bytes(Self.mostPackets))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private static let advice =
        "does this kernel have NFQUEUE (modprobe nfnetlink_queue xt_NFQUEUE)?"

    /// A number in network byte order.
    private static func bytes(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian, Array.init)
    }

    // MARK: Verdicts

    /// Lets a packet pass.
    func accept(_ packet: UInt32) { decide(packet, Self.pass) }

    /// Loses a packet.
    func drop(_ packet: UInt32) { decide(packet, Self.lose) }

    private func decide(_ packet: UInt32, _ verdict: UInt32) {
        let verdict = Self.bytes(verdict) + Self.bytes(packet)
        // A packet that is gone needs no verdict.
        _ = send(
            message(
                UInt16(NFQNL_MSG_VERDICT.rawValue), UInt16(NFQA_VERDICT_HDR.rawValue), verdict,
                flags: UInt16(NLM_F_REQUEST)))
    }

    /// The packets that have arrived, in order; empty if there are none.
    func arrivals() -> [Packet] {
        let packetType = UInt16(NFNL_SUBSYS_QUEUE) << 8 | UInt16(NFQNL_MSG_PACKET.rawValue)
        var packets: [Packet] = []
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 8) { buffer in
            while packets.count < Self.mostAtOnce {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                guard count > 0 else { return }
                Self.eachMessage(UnsafeRawBufferPointer(buffer)[..<count]) { type, body in
                    guard type == packetType else { return }
                    if let packet = Self.packet(in: body) { packets.append(packet) }
                }
            }
        }
        return packets
    }

    /// The number in a packet's header attribute, and the length in the IP header that was copied.
    private static func packet(in body: Slice<UnsafeRawBufferPointer>) -> Packet? {
        var number: UInt32?
        var packetLength = 0
        var rest = body.dropFirst(MemoryLayout<nfgenmsg>.size)
        while rest.count >= 8 {
            let buffer = UnsafeRawBufferPointer(rebasing: rest)
            let length = Int(buffer.loadUnaligned(as: UInt16.self))
            let type = buffer.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
            if type == UInt16(NFQA_PACKET_HDR.rawValue) {
                number = UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            } else if type == UInt16(NFQA_PAYLOAD.rawValue) {
                packetLength = Int(
                    UInt16(bigEndian: buffer.loadUnaligned(fromByteOffset: 6, as: UInt16.self)))
            }
            rest = rest.dropFirst(max(4, (length + 3) & ~3))
        }
        return number.map { Packet(number: $0, length: packetLength) }
    }

    // MARK: Messages

    private static func eachMessage(
        _ bytes: Slice<UnsafeRawBufferPointer>,
        _ body: (UInt16, Slice<UnsafeRawBufferPointer>) -> Void
    ) {
        var rest = bytes
        while rest.count >= MemoryLayout<nlmsghdr>.size {
            let header = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: nlmsghdr.self)
            let length = Int(header.nlmsg_len)
            guard length >= MemoryLayout<nlmsghdr>.size, length <= rest.count else { return }
            body(
                header.nlmsg_type,
                rest[rest.startIndex + MemoryLayout<nlmsghdr>.size..<rest.startIndex + length])
            rest = rest.dropFirst((length + 3) & ~3)
        }
    }

    /// A netlink header, the queue's number, and one attribute.
    private func message(
        _ type: UInt16, _ attribute: UInt16, _ payload: [UInt8], flags: UInt16
    ) -> [UInt8] {
        let length = MemoryLayout<nlmsghdr>.size + MemoryLayout<nfgenmsg>.size + 4 + payload.count
        var bytes: [UInt8] = []
        let header = nlmsghdr(
            nlmsg_len: UInt32((length + 3) & ~3),
            nlmsg_type: UInt16(NFNL_SUBSYS_QUEUE) << 8 | type, nlmsg_flags: flags, nlmsg_seq: 0,
            nlmsg_pid: 0)
        withUnsafeBytes(of: header) { bytes += $0 }
        withUnsafeBytes(
            of: nfgenmsg(nfgen_family: 0, version: 0, res_id: number.bigEndian)
        ) { bytes += $0 }
        withUnsafeBytes(of: UInt16(4 + payload.count)) { bytes += $0 }
        withUnsafeBytes(of: attribute) { bytes += $0 }
        bytes += payload
        while bytes.count % 4 != 0 { bytes.append(0) }
        return bytes
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            Foundation.send(descriptor, buffer.baseAddress, buffer.count, 0) == buffer.count
        }
    }

    /// Sends a setting and waits for the kernel's answer.
    private func configure(_ attribute: nfqnl_attr_config, _ payload: [UInt8]) throws(LabError) {
        let flags = UInt16(NLM_F_REQUEST | NLM_F_ACK)
        let type = UInt16(NFQNL_MSG_CONFIG.rawValue)
        guard send(message(type, UInt16(attribute.rawValue), payload, flags: flags)) else {
            throw .systemCall("a message to NFQUEUE", code: errno, advice: Self.advice)
        }
        var code: Int32 = ETIMEDOUT
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 8) { buffer in
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 1_000) > 0 else { return }
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            guard count > 0 else { return }
            Self.eachMessage(UnsafeRawBufferPointer(buffer)[..<count]) { type, body in
                guard type == UInt16(NLMSG_ERROR), body.count >= 4 else { return }
                code = -UnsafeRawBufferPointer(rebasing: body).loadUnaligned(as: Int32.self)
            }
        }
        guard code == 0 else {
            throw .systemCall("binding queue \(number)", code: code, advice: Self.advice)
        }
    }
}
