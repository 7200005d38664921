internal import Injectors
internal import Results

/// Looks after the processes that serve nodes' disks: where one has ended, the harness has failed,
/// and its node is not to blame for what it does then.
struct DiskGuard {
    private static let interval = Duration.milliseconds(100)

    let disks: NodeDisks
    let stop: StopSignal

    /// Stops the run when a disk breaks; returns when the task is cancelled.
    ///
    /// - Returns: what broke.
    func watch() async -> [HarnessFailure] {
        while !Task.isCancelled, await disks.broken().isEmpty {
            try? await Task.sleep(for: Self.interval)
        }
        let broken = await disks.broken()
        if !broken.isEmpty { stop.stop() }
        return broken.sorted { $0.key < $1.key }.map { HarnessFailure(.other, "\($0.value)") }
    }
}
