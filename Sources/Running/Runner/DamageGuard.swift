internal import Injectors
internal import Logging
internal import Results

/// Looks after nodes that run on damaged files: one that ends of it, however late, is right, and is
/// started again on what it had.
struct DamageGuard {
    private static let interval = Duration.milliseconds(100)

    let cluster: Cluster
    let log: Logger

    /// Mends until the task is cancelled.
    ///
    /// - Returns: what kept it from mending.
    func watch() async -> [HarnessFailure] {
        while !Task.isCancelled {
            do {
                for words in try await cluster.damage.mend(at: cluster) { log.info("\(words)") }
            } catch {
                return [HarnessFailure(.other, "a damaged node could not be mended: \(error)")]
            }
            try? await Task.sleep(for: Self.interval)
        }
        return []
    }
}
