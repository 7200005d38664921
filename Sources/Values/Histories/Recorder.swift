import Dispatch
import Glibc
internal import Synchronization

/// Writes a history to a file while it happens.
///
/// An event gets its place and its time under one lock, so the order of the lines is the order of
/// the events. Lines are handed to the operating system at least every ``flushInterval``; what has
/// been handed over survives the death of this process.
public final class Recorder: Sendable {
    /// No line waits longer than this in memory.
    public static let flushInterval = Duration.milliseconds(50)
    /// Nor do more bytes than this.
    private static let bufferLimit = 65_536

    private struct State {
        var buffer: [UInt8] = []
        var index = 0
        var descriptor: CInt
        var failure: RecorderError?
    }

    private let state: Mutex<State>
    private let clock: @Sendable () -> Timestamp
    private let file: String
    // Not a task: a load that keeps all threads of tasks busy must not hold back its history.
    // Timers of Dispatch may be used from any thread, though their type does not say so.
    private nonisolated(unsafe) let flusher: any DispatchSourceTimer

    /// Creates the file.
    ///
    /// The clock gives monotonic time since the start of the run.
    ///
    /// - Throws: `RecorderError` if the file cannot be created.
    public init(
        file: String, clock: @escaping @Sendable () -> Timestamp
    ) throws(RecorderError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RecorderError(file: file, code: errno) }
        self.file = file
        self.clock = clock
        state = Mutex(State(descriptor: descriptor))
        flusher = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "recorder"))
        let milliseconds = Int(Self.flushInterval / .milliseconds(1))
        flusher.schedule(
            deadline: .now() + .milliseconds(milliseconds), repeating: .milliseconds(milliseconds))
        flusher.setEventHandler { [weak self] in self?.flush() }
        flusher.resume()
    }

    deinit {
        flusher.cancel()
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// Writes one event behind all earlier ones, with the present time; `node` is the one that
    /// the process talks to.
    ///
    /// - Returns: the event with its place and time.
    @discardableResult
    public func record(
        _ kind: Event.Kind, by process: Event.Process, _ function: String, key: Value? = nil,
        _ value: Value, error: Value? = nil, node: String? = nil
    ) -> Event {
        state.withLock { state in
            let event = Event(
                index: state.index, time: clock(), process: process, kind: kind,
                function: function, key: key, value: value, error: error, node: node)
            state.index += 1
            state.buffer.append(edn: event)
            if state.buffer.count > Self.bufferLimit { write(&state) }
            return event
        }
    }

    /// How many events have been recorded.
    public var count: Int { state.withLock { $0.index } }

    /// The first failure to write, after which nothing more is written.
    public var failure: RecorderError? { state.withLock { $0.failure } }

    /// Hands everything to the operating system.
    public func flush() { state.withLock { write(&$0) } }

    /// Hands everything over and closes the file.
    ///
    /// - Throws: `RecorderError` if any part of the history could not be written.
    public func finish() throws(RecorderError) {
        flusher.cancel()
        let failure = state.withLock { state in
            write(&state)
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
            return state.failure
        }
        if let failure { throw failure }
    }

    private func write(_ state: inout State) {
        guard state.failure == nil, state.descriptor >= 0 else { return }
        var written = 0
        while written < state.buffer.count {
            let count = state.buffer[written...].withUnsafeBytes { bytes in
                Glibc.write(state.descriptor, bytes.baseAddress, bytes.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                state.failure = RecorderError(file: file, code: errno)
                return
            }
            written += count
        }
        state.buffer.removeAll(keepingCapacity: true)
    }
}

/// Why a history could not be written.
public struct RecorderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The errno of the failure.
    public let code: Int32

    /// The file, the reason and what to do.
    public var description: String {
        let advice = code == ENOSPC ? "; free some space, or choose another --results folder" : ""
        return "cannot write \(file): \(String(cString: strerror(code)))\(advice)"
    }
}
