internal import Foundation
internal import Glibc

/// A socket over which orders go to a disk's process, and answers come back, in turn.
final class OrderChannel: Sendable {
    private let disk: String
    private let socket: Int32

    private init(disk: String, socket: Int32) {
        self.disk = disk
        self.socket = socket
    }

    deinit { close(socket) }

    /// Two ends: ours, and a descriptor for the process.
    static func pair(disk: String) throws(DiskError) -> (OrderChannel, theirs: Int32) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw .server(disk: disk, why: "socketpair failed with errno \(errno)")
        }
        return (OrderChannel(disk: disk, socket: ends[0]), ends[1])
    }

    /// Gives an order and waits for its answer.
    ///
    /// - Throws: `DiskError` if there is none in time, or it is an error.
    func ask(_ order: DiskOrder, within time: Duration) async throws -> DiskAnswer {
        let line = try JSONEncoder().encode(order) + [UInt8(ascii: "\n")]
        let sent = line.withUnsafeBytes {
            send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == line.count else {
            // Whoever gives an order learns by this that nobody is there any more.
            let why =
                [EPIPE, ECONNRESET].contains(errno)
                ? "its process has ended" : "it takes no orders, errno \(errno)"
            throw DiskError.server(disk: disk, why: why)
        }
        return try await answer(within: time)
    }

    /// Waits for an answer.
    func answer(within time: Duration) async throws -> DiskAnswer {
        let result = await withCheckedContinuation { continuation in
            // Waits in poll(2), which must not hold a thread of the concurrency pool.
            Thread.detachNewThread { [self] in
                continuation.resume(
                    returning: Result { () throws(DiskError) in try line(within: time) })
            }
        }
        let answer = try JSONDecoder().decode(DiskAnswer.self, from: try result.get())
        if let error = answer.error { throw DiskError.server(disk: disk, why: error) }
        return answer
    }

    private func line(within time: Duration) throws(DiskError) -> Data {
        let deadline = ContinuousClock.now + time
        var line = Data()
        while true {
            let left = Int32(max(0, (deadline - .now) / .milliseconds(1)))
            var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let ready = poll(&polled, 1, left)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                throw .server(disk: disk, why: "it did not answer within \(time)")
            }
            var byte: UInt8 = 0
            guard recv(socket, &byte, 1, 0) == 1 else {
                throw .server(disk: disk, why: "its process has ended")
            }
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
    }
}
