internal import CLinux
internal import Foundation
internal import Netfilter
internal import Synchronization
public import Topologies

/// Asks the network itself which links work: a UDP socket inside each node's namespace, and a
/// datagram along each link.
///
/// The sockets are the harness's own, so no node has to cooperate: a frozen or dead process makes
/// no difference to what the network carries.
public final class Prober: Sendable {
    private let topology: Topology
    private let sockets: [CInt]
    private let round = Mutex<UInt32>(0)

    /// Opens a socket in each node's namespace.
    ///
    /// - Throws: `LabError` if a namespace cannot be entered.
    public init(_ network: LabNetwork) throws(LabError) {
        topology = network.topology
        var sockets: [CInt] = []
        for node in topology.nodes { sockets.append(try Self.socket(of: node)) }
        self.sockets = sockets
    }

    deinit {
        for socket in sockets { close(socket) }
    }

    /// A socket keeps the namespace of the thread that made it, so a thread of its own goes
    /// there and ends.
    private static func socket(of node: Node) throws(LabError) -> CInt {
        let result = Mutex<Result<CInt, LabError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let socket = Result { () throws(LabError) in try open(node) }
            result.withLock { $0 = socket }
            done.signal()
        }
        done.wait()
        guard let socket = result.withLock({ $0 }) else {
            throw .systemCall("a thread", code: 0, advice: "it ended without a result")
        }
        return try socket.get()
    }

    private static func open(_ node: Node) throws(LabError) -> CInt {
        let namespace = Glibc.open("/run/netns/\(node.name)", O_RDONLY | O_CLOEXEC)
        guard namespace >= 0 else {
            throw .systemCall("open /run/netns/\(node.name)", code: errno, advice: "no such node?")
        }
        defer { close(namespace) }
        let code = clinux_enter_network_namespace(namespace)
        guard code == 0 else {
            throw .systemCall("setns to \(node.name)", code: code, advice: "is this a lab?")
        }
        let flags = CInt(SOCK_DGRAM.rawValue) | O_NONBLOCK | O_CLOEXEC
        let socket = Glibc.socket(AF_INET, flags, 0)
        var address = address(of: node)
        func isBoundNow() -> Bool {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
        var isBound = isBoundNow()
        let deadline = ContinuousClock.now + .seconds(1)
        // A child that is being started has a copy of the last prober's socket until it becomes its
        // program; nothing tells when that is.
        while !isBound, errno == EADDRINUSE, ContinuousClock.now < deadline {
            usleep(1_000)
            isBound = isBoundNow()
        }
        guard isBound else {
            let code = errno
            if socket >= 0 { close(socket) }
            throw .systemCall(
                "binding a probe in \(node.name)", code: code,
                advice: "is port \(LabNetwork.probePort) of the lab taken by a node?")
        }
        return socket
    }

    private static func address(of node: Node) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = LabNetwork.probePort.bigEndian
        address.sin_addr.s_addr = node.address.number.bigEndian
        return address
    }

    /// The links along which a datagram arrived: every link is tried up to three times, and what
    /// has not arrived 100 ms after the last try is taken not to.
    public func reachable() -> Set<Link> {
        let number = round.withLock { round in
            round += 1
            return round
        }
        var arrived: Set<Link> = []
        let clock = ContinuousClock()
        for attempt in 1...3 where arrived.count < topology.links.count {
            for link in topology.links where !arrived.contains(link) { send(number, along: link) }
            let deadline = clock.now + (attempt == 3 ? .milliseconds(100) : .milliseconds(30))
            while arrived.count < topology.links.count, clock.now < deadline {
                receive(number, into: &arrived, wait: deadline - clock.now)
            }
        }
        return arrived
    }

    /// Sends datagrams along one link and counts those that arrive, until none has come for 100 ms.
    public func arrivals(of count: Int, along link: Link) -> Int {
        let number = round.withLock { round in
            round += 1
            return round
        }
        var arrived = 0
        for sent in 1...max(count, 1) {
            send(number, along: link)
            // A socket's buffer holds a few hundred small datagrams.
            if sent.isMultiple(of: 50) {
                arrived += drain(number, at: link.destination, waiting: 0) ?? 0
            }
        }
        while let found = drain(number, at: link.destination, waiting: 100) { arrived += found }
        return arrived
    }

    /// A datagram that arrived.
    public struct Arrival: Hashable, Sendable {
        /// Its place among those that were sent, from 0.
        public let sequence: Int
        /// From its sending to its arrival.
        public let latency: Duration
    }

    /// Sends datagrams along one link, one each two milliseconds, and gives those that arrive, in
    /// the order of their arrival, until none has come for half a second.
    public func probes(_ count: Int, along link: Link) -> [Arrival] {
        let number = round.withLock { round in
            round += 1
            return round
        }
        let clock = ContinuousClock()
        var sent: [ContinuousClock.Instant] = []
        var arrivals: [Arrival] = []
        var idle = clock.now + .milliseconds(500)
        while arrivals.count < count, clock.now < idle {
            if sent.count < count, sent.last.map({ $0 + .milliseconds(2) <= clock.now }) ?? true {
                sent.append(clock.now)
                send((number, UInt32(sent.count - 1)), along: link)
                idle = clock.now + .milliseconds(500)
            }
            var polled = pollfd(
                fd: sockets[link.destination.number - 1], events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 1) > 0 else { continue }
            var payload: (UInt32, UInt32) = (0, 0)
            while recv(polled.fd, &payload, MemoryLayout.size(ofValue: payload), 0) == 8 {
                let sequence = Int(payload.1)
                guard payload.0 == number, sent.indices.contains(sequence) else { continue }
                arrivals.append(
                    Arrival(sequence: sequence, latency: clock.now - sent[sequence]))
                idle = clock.now + .milliseconds(500)
            }
        }
        return arrivals
    }

    /// How many datagrams of the round have arrived at a node; nil after so many milliseconds
    /// without any.
    private func drain(_ number: UInt32, at node: NodeName, waiting: Int32) -> Int? {
        var polled = pollfd(fd: sockets[node.number - 1], events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, waiting) > 0 else { return nil }
        var found = 0
        var payload: (UInt32, UInt32) = (0, 0)
        while recv(polled.fd, &payload, MemoryLayout.size(ofValue: payload), 0) == 8 {
            if payload.0 == number { found += 1 }
        }
        return found
    }

    private func send(_ number: UInt32, along link: Link) {
        send((number, UInt32(link.source.number)), along: link)
    }

    private func send(_ content: (UInt32, UInt32), along link: Link) {
        var address = Self.address(of: topology.nodes[link.destination.number - 1])
        var payload = content
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { destination in
                // A datagram that cannot leave is one that does not arrive.
                _ = sendto(
                    sockets[link.source.number - 1], &payload, MemoryLayout.size(ofValue: payload),
                    0, destination, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func receive(_ number: UInt32, into arrived: inout Set<Link>, wait: Duration) {
        var polls = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = max(1, Int32((wait / .milliseconds(1)).rounded(.up)))
        guard poll(&polls, nfds_t(polls.count), milliseconds) > 0 else { return }
        for (place, poll) in polls.enumerated() where poll.revents & Int16(POLLIN) != 0 {
            var payload: (UInt32, UInt32) = (0, 0)
            while recv(poll.fd, &payload, MemoryLayout.size(ofValue: payload), 0) == 8 {
                guard payload.0 == number else { continue }
                arrived.insert(
                    Link(
                        from: NodeName(number: Int(payload.1)),
                        to: topology.nodes[place].name))
            }
        }
    }
}
