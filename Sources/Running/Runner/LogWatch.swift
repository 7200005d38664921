internal import Dispatch
internal import Results
internal import Synchronization
internal import Topologies

/// Reads nodes' logs for panics while a run goes on, a little at a time, so that little is left to
/// read at its end.
final class LogWatch: Sendable {
    private static let interval = 0.5
    /// Bytes of a log that are read at a time: a node that writes more is caught up with later.
    private static let budget = 32 << 20

    private struct Log {
        let node: NodeName
        let name: String
        var scan: PanicScan
    }

    private let logs: Mutex<[Log]>
    // Timers of Dispatch may be used from any thread, though their type does not say so.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// A watch of the logs of nodes in their folders, where they have these names.
    ///
    /// A panic at a place of a log for which the node had leave is none.
    init(
        _ folders: [(node: NodeName, path: String)], names: [String], patterns: [String],
        hadLeave: @escaping @Sendable (NodeName, _ log: String, _ offset: UInt64) -> Bool
    ) {
        logs = Mutex(
            folders.flatMap { folder in
                names.map { name in
                    Log(
                        node: folder.node, name: name,
                        scan: PanicScan(file: folder.path + "/" + name, patterns: patterns) {
                            hadLeave(folder.node, name, $0)
                        })
                }
            })
        timer = DispatchSource.makeTimerSource(
            queue: DispatchQueue(label: "logs", qos: .utility))
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
        timer.setEventHandler { [weak self] in self?.advance() }
        timer.activate()
    }

    deinit { timer.cancel() }

    private func advance() {
        for place in logs.withLock({ Array($0.indices) }) {
            logs.withLock { _ = $0[place].scan.advance(atMost: Self.budget) }
        }
    }

    /// Panics in what has been read so far.
    var panics: [Finding] {
        logs.withLock { logs in
            logs.compactMap { log in
                log.scan.panic.map {
                    Finding(.panic, node: log.node, detail: "nodes/\(log.node)/\(log.name): \($0)")
                }
            }
        }
    }

    /// Reads what is left.
    ///
    /// - Returns: panics of the whole run.
    func finish() -> [Finding] {
        timer.cancel()
        for place in logs.withLock({ Array($0.indices) }) {
            while logs.withLock({ $0[place].scan.advance(atMost: Self.budget) }) {}
        }
        return panics
    }
}
