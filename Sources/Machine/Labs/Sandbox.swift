internal import Dispatch
internal import Foundation

/// The way into a lab: the process that the user started stays outside and waits; a second one,
/// the same program, works inside new namespaces as their process 1.
///
/// Two facts shape it. A process with threads cannot enter a user namespace, so a fresh process
/// is made through util-linux's `unshare`. And `unshare --fork` swallows SIGTERM, so signals go
/// to the outside process, which passes them on through a socket: the standard input of the inside.
///
/// The status of `unshare` is no verdict: it exits with 1 when the inside was killed. What counts
/// is the status that the inside has confirmed through the same socket, just before its end.
///
/// Nothing survives: when the outside process ends, however it ends, the kernel kills `unshare`
/// (`setpriv --pdeathsig`), that kills process 1 (`--kill-child`), and with process 1 the kernel
/// ends every process of the PID namespace and with the last of them the network namespaces,
/// mounts and rules.
public enum Sandbox {
    /// What the outside tells the inside.
    public enum Message: UInt8, Sendable {
        /// End the run in good order.
        case stop = 0x73
    }

    /// How the inside ended.
    public enum Ending: Hashable, Sendable {
        /// It said that it would end with this status, and did.
        case confirmed(Int32)
        /// A second signal ended it at once.
        case interrupted(signal: Int32)
        /// It ended without a word: killed for want of memory, for example. What `unshare` said.
        case unconfirmed(String)
    }

    /// Runs this program again inside a lab, with these arguments, and waits for its end.
    ///
    /// SIGINT, SIGTERM and SIGHUP are passed on once; the second ends the lab at once, where it is
    /// heeded. Must be called on the main thread, for the lab dies with the thread that made it.
    ///
    /// - Throws: `LabError` if a program or the loopback interface is missing, or if the process does
    ///   not start.
    public static func enter(
        arguments: [String], heedsSecondSignal: Bool = true
    ) throws -> Ending {
        try requireLoopback()
        let inside = Process()
        let setpriv = try Program("setpriv", package: "util-linux")
        let unshare = try Program("unshare", package: "util-linux")
        inside.executableURL = URL(filePath: setpriv.path)
        inside.arguments =
            ["--pdeathsig", "KILL", "--", unshare.path] + unshareArguments
            + ["--", Self.executable] + arguments
        let (own, theirs) = try socketPair()
        inside.standardInput = theirs
        let signals = Signals(socket: own)
        defer { signals.cancel() }
        do {
            try inside.run()
        } catch {
            throw LabError.noNamespaces(why: "\(setpriv.path) does not start: \(error)")
        }
        try theirs.close()
        signals.target = heedsSecondSignal ? inside.processIdentifier : nil
        inside.waitUntilExit()
        signals.target = nil
        // Everything inside is gone, and with it the other end: this does not wait.
        let confirmed = (try? own.readToEnd())?.last.map(Int32.init)
        if inside.terminationReason == .exit, confirmed == inside.terminationStatus {
            return .confirmed(inside.terminationStatus)
        }
        if let signal = signals.forced { return .interrupted(signal: signal) }
        let how = inside.terminationReason == .exit ? "exit status" : "signal"
        return .unconfirmed("\(how) \(inside.terminationStatus)")
    }

    /// Says inside what status this process is about to end with: without it, the outside takes
    /// whatever it sees for a failure.
    public static func confirm(status: Int32) {
        // Whoever is outside may be gone; then nobody wants to know.
        _ = withUnsafeBytes(of: UInt8(truncatingIfNeeded: status)) {
            send(STDIN_FILENO, $0.baseAddress, 1, Int32(MSG_NOSIGNAL))
        }
    }

    private static func socketPair() throws -> (FileHandle, FileHandle) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw LabError.systemCall(
                "socketpair", code: errno, advice: "are too many files open? see `ulimit -n`")
        }
        // Only the child's standard input may keep the other end alive.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (
            FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
            FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        )
    }

    /// Without a loopback interface that is up, Foundation never learns that a process has ended
    /// (its run loops wake each other through one), and the wait for the lab would have no end.
    private static func requireLoopback() throws(LabError) {
        let probe = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else {
            throw .systemCall(
                "socket", code: errno, advice: "are too many files open? see `ulimit -n`")
        }
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(9).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        // Of a datagram's socket this only looks for the way there.
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw .noLoopback(code: errno) }
    }

    /// Makes a lab's namespaces and leaves them at once.
    ///
    /// - Throws: `LabError.noLoopback`, or `LabError.noNamespaces` with what the kernel or `unshare` said.
    public static func probe() throws {
        try requireLoopback()
        let process = Process()
        let errors = Pipe()
        let unshare = try Program("unshare", package: "util-linux")
        process.executableURL = URL(filePath: unshare.path)
        process.arguments = unshareArguments + ["--", "true"]
        process.standardInput = FileHandle.nullDevice
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw LabError.noNamespaces(why: "\(unshare.path) does not start: \(error)")
        }
        let words = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw LabError.noNamespaces(why: words.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// As root no user namespace is needed, and a root-owned one would only hide other users.
    private static var unshareArguments: [String] {
        let user = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
        return user + ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    }

    /// This program.
    public static var executable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }

    /// Calls the closure for each message from outside, and with nil when the outside is gone.
    ///
    /// Reads the standard input on a thread of its own, for the life of the process.
    public static func listen(_ body: @escaping @Sendable (Message?) -> Void) {
        Thread.detachNewThread {
            while let byte = FileHandle.standardInput.readData(ofLength: 1).first {
                if let message = Message(rawValue: byte) { body(message) }
            }
            body(nil)
        }
    }

    /// The signals that end a run, while the inside works.
    private final class Signals: @unchecked Sendable {
        /// The same signal again within this time is the same wish.
        private static let echo = Duration.milliseconds(100)

        private let queue = DispatchQueue(label: "signals")
        private var sources: [any DispatchSourceSignal] = []
        private let socket: FileHandle
        private var received: (number: Int32, instant: ContinuousClock.Instant)?
        private var process: Int32?
        private var killed: Int32?

        init(socket: FileHandle) {
            self.socket = socket
            // The inside may end before a message reaches it.
            signal(SIGPIPE, SIG_IGN)
            for number in [SIGINT, SIGTERM, SIGHUP] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { [unowned self] in receive(number) }
                source.resume()
                sources.append(source)
            }
        }

        /// The process whose death ends the lab.
        var target: Int32? {
            get { queue.sync { process } }
            set { queue.sync { process = newValue } }
        }

        /// The signal that ended the lab at once.
        var forced: Int32? { queue.sync { killed } }

        func cancel() {
            for source in sources { source.cancel() }
        }

        private func receive(_ number: Int32) {
            // timeout(1) sends each signal twice, to the program and to its group.
            let isEcho = received.map { $0.number == number && .now - $0.instant < Self.echo }
            if received == nil {
                try? socket.write(contentsOf: [Message.stop.rawValue])
            } else if isEcho != true, let process {
                kill(process, SIGKILL)
                killed = number
            }
            received = (number, .now)
        }
    }
}
