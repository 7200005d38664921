internal import Foundation

/// Proves on a child of this process that clocks can be moved on this machine.
public struct ClockProof: Sendable {
    /// How far the child's clock is moved.
    public static let step = Duration.seconds(3_600)

    /// Starts a child whose clock is an hour ahead, lets it tell the time, and compares that with
    /// what the kernel says to a raw system call.
    ///
    /// - Parameter start: starts the tracer.
    /// - Returns: by how much the child's clock was ahead.
    /// - Throws: `ClockError` with what to do.
    public static func run(
        tracer start: () throws(ClockError) -> ClockTracer
    ) async throws(ClockError) -> Duration {
        let clock = try NodeClock()
        clock.step(by: step)
        let tracer = try start()
        defer { tracer.close() }
        let child = try ChildProcess.held(["/bin/date", "+%s"])
        defer { child.close() }
        do throws(ClockError) {
            try await tracer.trace(child.process, clock)
        } catch {
            kill(child.process, SIGKILL)
            _ = child.end()
            throw error
        }
        let text = child.readAll()
        let now = Duration.nanoseconds(Int64(clamping: Track.realtime.now))
        _ = child.end()
        guard let seconds = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw .noTracer(why: "date said \(text.debugDescription)")
        }
        let ahead = Duration.seconds(seconds) - now
        guard ahead > step - .seconds(60), ahead < step + .seconds(60) else {
            if let failure = tracer.failures.first { throw failure }
            throw .notSubstituted(
                process: child.process,
                why: "its clock was \(ahead) ahead, not an hour")
        }
        return ahead
    }
}
