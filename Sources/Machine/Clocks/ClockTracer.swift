internal import Foundation
internal import Synchronization

/// The harness's hold on its tracer, the process in which ``Tracer`` runs.
public final class ClockTracer: Sendable {
    private typealias Answer = CheckedContinuation<Result<Void, ClockError>, Never>

    private struct State {
        var waiting: [Int32: Answer] = [:]
        var programs: [Int32: Int] = [:]
        var failures: [ClockError] = []
        var end: String?
    }

    private let child: ChildProcess
    private let state = Mutex(State())

    /// The tracer's own number.
    public var identifier: Int32 { child.process }

    /// Starts a tracer.
    ///
    /// - Parameters:
    ///   - program: a program that calls ``Tracer/run()``.
    ///   - arguments: what lets it do so.
    /// - Throws: `ClockError` if it does not start.
    public init(program: String, arguments: [String]) throws(ClockError) {
        child = try ChildProcess([program] + arguments)
        let child = child
        Thread.detachNewThread { [weak self] in
            var lines = LineReader(descriptor: child.output)
            while let read = lines.readLines() {
                for message in read.compactMap(TracerMessage.init) { self?.receive(message) }
            }
            let end = child.end()
            self?.end("it has ended (\(end)); is \(program) another version?")
            child.close()
        }
    }

    /// Lets a process go on that stops itself, a child of this process, with the clocks of a node.
    ///
    /// Returns when it goes on. Each program that it or a child of it executes from then on reads
    /// these clocks.
    ///
    /// - Throws: `ClockError.refused`, `ClockError.noTracer`.
    public func trace(_ process: Int32, _ clock: NodeClock) async throws(ClockError) {
        let request = TracerMessage.trace(process: process, file: clock.path)
        let result = await withCheckedContinuation { (answer: Answer) in
            let end = state.withLock { state in
                if state.end == nil { state.waiting[process] = answer }
                return state.end
            }
            if let end { return answer.resume(returning: .failure(.noTracer(why: end))) }
            if !child.say("\(request)") { self.end("it does not listen") }
        }
        try result.get()
    }

    /// How many programs a process has begun to run with substituted clocks.
    public func programs(of process: Int32) -> Int {
        state.withLock { $0.programs[process] ?? 0 }
    }

    /// Programs that could not be given substituted clocks, and why.
    public var failures: [ClockError] { state.withLock { $0.failures } }

    /// Ends the tracer; what it traced goes on with the clocks that it has.
    public func close() { shutdown(child.input, Int32(SHUT_WR)) }

    private func receive(_ message: TracerMessage) {
        switch message {
        case .trace: break
        case .tracing(let process): answer(process, .success(()))
        case .refused(let process, let why):
            answer(process, .failure(.refused(process: process, why: why)))
        case .substituted(let process):
            state.withLock { $0.programs[process, default: 0] += 1 }
        case .failed(let process, let why):
            state.withLock { $0.failures.append(.notSubstituted(process: process, why: why)) }
        }
    }

    private func answer(_ process: Int32, _ result: Result<Void, ClockError>) {
        state.withLock { $0.waiting.removeValue(forKey: process) }?.resume(returning: result)
    }

    private func end(_ why: String) {
        let waiting = state.withLock { state in
            state.end = state.end ?? why
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for answer in waiting { answer.resume(returning: .failure(.noTracer(why: why))) }
    }
}
