internal import Labs
internal import Results
internal import Topologies

/// Why a run did not come to its load.
enum SetUpError: Error, CustomStringConvertible {
    /// Somebody stopped it.
    case stopped
    /// A node ended before it served.
    case ended(node: NodeName, how: ExitStatus, lastWords: String)
    /// A step took too long; what to do.
    case slow(what: String, limit: Duration, advice: String)

    var description: String {
        switch self {
        case .stopped: "stopped before the load began"
        case .ended(let node, let how, let lastWords):
            "\(node) ended with \(how) before it served; \(lastWords)"
        case .slow(let what, let limit, let advice):
            "\(what) took more than \(limit.formattedSeconds); \(advice)"
        }
    }
}

/// Does a step of the set-up, but no longer than a limit, and not after the signal to stop.
///
/// The step is cancelled then and left behind: what it has started ends with the lab.
///
/// - Throws: `SetUpError`, or what the step throws.
func bounded<Value: Sendable>(
    _ what: String, by limit: Duration, _ stop: StopSignal, advice: String,
    _ step: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let (results, continuation) = AsyncStream<Result<Value, any Error>>.makeStream()
    let work = Task {
        do {
            continuation.yield(.success(try await step()))
        } catch {
            continuation.yield(.failure(error))
        }
        continuation.finish()
    }
    let watch = Task {
        let isStopped = await stop.wait(until: .now + limit)
        continuation.yield(
            .failure(
                isStopped
                    ? SetUpError.stopped
                    : SetUpError.slow(what: what, limit: limit, advice: advice)))
        continuation.finish()
    }
    defer {
        work.cancel()
        watch.cancel()
    }
    for await result in results { return try result.get() }
    throw SetUpError.stopped
}
