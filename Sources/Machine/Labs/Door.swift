internal import Dispatch
internal import Foundation

/// The door of a lab: the process that the user started stays outside and waits; a second one,
/// the same program, works inside new namespaces as their process 1.
///
/// Two facts shape it. A process with threads cannot enter a user namespace, so a fresh process
/// is made through util-linux's `unshare`. And `unshare --fork` swallows SIGTERM, so signals go
/// to the outside process, which passes them on through a pipe: the standard input of the inside.
///
/// Nothing survives: when the outside process ends, however it ends, the kernel kills `unshare`
/// (`setpriv --pdeathsig`), that kills process 1 (`--kill-child`), and with process 1 the kernel
/// ends every process of the PID namespace and with the last of them the network namespaces,
/// mounts and rules.
public enum Door {
    /// What the outside tells the inside.
    public enum Message: UInt8, Sendable {
        /// End the run in good order.
        case stop = 0x73
    }

    /// Runs this program again inside a lab, with these arguments, and waits for its end.
    ///
    /// SIGINT, SIGTERM and SIGHUP are passed on once; the second ends the lab at once. Must be
    /// called on the main thread, for the lab dies with the thread that made it.
    ///
    /// - Returns: the exit status of the inside, or 128 and the signal that ended it at once.
    /// - Throws: `LabError` if a program is missing or the process does not start.
    public static func enter(arguments: [String]) throws -> Int32 {
        let inside = Process()
        let setpriv = try Program("setpriv", package: "util-linux")
        let unshare = try Program("unshare", package: "util-linux")
        inside.executableURL = URL(filePath: setpriv.path)
        inside.arguments =
            ["--pdeathsig", "KILL", "--", unshare.path] + unshareArguments
            + ["--", Self.executable] + arguments
        let pipe = Pipe()
        inside.standardInput = pipe
        let signals = Signals(pipe: pipe)
        defer { signals.cancel() }
        do {
            try inside.run()
        } catch {
            throw LabError.noNamespaces(why: "\(setpriv.path) does not start: \(error)")
        }
        signals.target = inside.processIdentifier
        inside.waitUntilExit()
        guard inside.terminationReason == .exit else {
            return signals.last.map { 128 + $0 } ?? 70
        }
        return inside.terminationStatus
    }

    /// Makes a lab's namespaces and leaves them at once.
    ///
    /// - Throws: `LabError.noNamespaces` with what the kernel or `unshare` said.
    public static func probe() throws {
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
        private let pipe: Pipe
        private var received: (number: Int32, instant: ContinuousClock.Instant)?
        private var process: Int32?

        init(pipe: Pipe) {
            self.pipe = pipe
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

        /// The last signal that arrived.
        var last: Int32? { queue.sync { received?.number } }

        func cancel() {
            for source in sources { source.cancel() }
        }

        private func receive(_ number: Int32) {
            // timeout(1) sends each signal twice, to the program and to its group.
            let isEcho = received.map { $0.number == number && .now - $0.instant < Self.echo }
            if received == nil {
                try? pipe.fileHandleForWriting.write(contentsOf: [Message.stop.rawValue])
            } else if isEcho != true, let process {
                kill(process, SIGKILL)
            }
            received = (number, .now)
        }
    }
}
