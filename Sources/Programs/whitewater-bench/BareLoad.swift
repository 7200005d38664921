import Foundation
import Synchronization
import Wire

/// A load on raftd with clients that do nearly no work of their own, as h2load does for etcd's gRPC
/// (``GRPCLoad``): a thread and a socket that blocks for each, and one and the same request again
/// and again.
///
/// A client of an event loop and of Swift's tasks costs a single request a fifth of its time
/// (``RaftdLoadClient``), which is not the system's.
struct BareLoad: Sendable {
    let port: Int

    func run(clients: Int, seconds: Double, isPut: Bool) throws -> LoadResult {
        let start = ContinuousClock.now + .milliseconds(500)
        let end = start + .seconds(seconds)
        let results = Mutex<[Result<[Duration], any Error>]>([])
        let done = DispatchGroup()
        for _ in 0..<clients {
            done.enter()
            Thread {
                let result = Result { try self.times(from: start, to: end, isPut: isPut) }
                results.withLock { $0.append(result) }
                done.leave()
            }.start()
        }
        done.wait()
        let times = try results.withLock { try $0.flatMap { try $0.get() } }
        return LoadResult(times, seconds: seconds)
    }

    private func times(
        from start: ContinuousClock.Instant, to end: ContinuousClock.Instant, isPut: Bool
    ) throws -> [Duration] {
        let socket = try BlockingSocket(port: port)
        try socket.write(Frame.preface(.client))
        let key = Array("key/7".utf8)
        let body: Request.Body =
            isPut
            ? .command(.call(key: key, .write(RaftdLoadClient.value), nil), .refuse)
            : .read(key: key, .linearizable)
        let request = Request(number: 1, body).frame
        var times: [Duration] = []
        while true {
            let began = ContinuousClock.now
            guard began < end else { return times }
            try socket.write(request)
            let reply = try socket.reply()
            switch reply.body {
            case .answer(.done) where isPut, .answer(.value) where !isPut: break
            default: throw WrongAnswer(description: "\(reply)")
            }
            if began >= start { times.append(ContinuousClock.now - began) }
        }
    }
}

/// A connection to a port of this machine, for one thread.
private final class BlockingSocket {
    private let descriptor: Int32
    private var hasPreface = false
    /// What has come and was not taken yet.
    private var received: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 4_096)

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var on: Int32 = 1
        let isSet = setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        // A server that has ended in another way than by closing would be waited for without end.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        let isPatient = setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size))
        guard result == 0, isSet == 0, isPatient == 0 else { throw Self.lost("connect") }
    }

    deinit { close(descriptor) }

    private static func lost(_ call: String) -> WrongAnswer {
        WrongAnswer(description: "\(call): \(String(cString: strerror(errno)))")
    }

    func write(_ bytes: [UInt8]) throws {
        // Requests are far smaller than what a socket takes at once.
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Self.lost("send")
        }
    }

    /// The next reply.
    func reply() throws -> Reply {
        if !hasPreface {
            try Frame.check(preface: read(Frame.prefaceBytes)[...], for: .client)
            hasPreface = true
        }
        let header = try read(Frame.headerBytes)
        return try Reply(read(header[..<4].reversed().reduce(0) { $0 << 8 | Int($1) })[...])
    }

    private func read(_ count: Int) throws -> [UInt8] {
        while received.count < count {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count != 0 else {
                throw WrongAnswer(description: "the server has closed the connection; see its log")
            }
            guard count > 0 else { throw Self.lost("recv") }
            received += chunk[..<count]
        }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }
}
