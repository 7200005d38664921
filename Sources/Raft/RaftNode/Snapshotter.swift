internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Raft
internal import RaftStorage

/// Saves the state from time to time, beside the work: the copy it writes shares its memory with
/// the original until that changes.
///
/// The log keeps some entries behind a snapshot, so that a follower that is only a little late
/// need not get all of it.
final class Snapshotter {
    private let disk: any Disk
    private let options: NodeOptions
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private var last: LogIndex = 0
    private var bytes = 0
    private var isBusy = false
    private var whenDone: (() -> Void)?
    /// On disk, but the log still has what it covers.
    private var saved: (index: LogIndex, data: [UInt8])?

    init(_ disk: any Disk, _ options: NodeOptions) {
        self.disk = disk
        self.options = options
        pool.start()
    }

    deinit { pool.shutdownGracefully { _ in } }

    /// Calls back when nothing is being written any more, which may be now.
    func finish(_ whenDone: @escaping () -> Void) {
        if isBusy { self.whenDone = whenDone } else { whenDone() }
    }

    /// The log begins behind this index now.
    func begin(behind index: LogIndex) {
        last = max(last, index)
        if let saved, saved.index <= index { self.saved = nil }
    }

    /// Whether the snapshot up to an index is on disk already.
    func hasSaved(_ index: LogIndex) -> Bool { saved?.index == index }

    /// The snapshot that the log can do with now; a late one while a follower is getting the one
    /// before, as long as the log is not much too long.
    func due(_ server: Server) -> (index: LogIndex, data: [UInt8])? {
        guard let saved else { return nil }
        let behind = server.commit - min(saved.index, server.commit)
        let most = options.trailingEntries + 4 * options.snapshotEntries
        guard behind >= options.trailingEntries, !server.isSendingSnapshot || behind > most else {
            return nil
        }
        return saved
    }

    /// Saves the state if enough has happened since the last time.
    func save(
        _ machine: KeyValueMachine, _ server: Server, _ storage: Storage, on loop: any EventLoop,
        _ failed: @escaping (StorageError?) -> Void
    ) {
        let isLong = machine.applied >= last + options.snapshotEntries
        let isLarge =
            storage.bytesWritten - bytes >= options.snapshotBytes && machine.applied > last
        // Term and members as of now: the log may have moved on when the state is written.
        guard !isBusy, saved == nil, isLong || isLarge,
            let head = server.snapshot(upTo: machine.applied, [])
        else { return }
        isBusy = true
        last = machine.applied
        bytes = storage.bytesWritten
        let disk = disk
        let work = pool.runIfActive(eventLoop: loop) { () -> Result<[UInt8], StorageError> in
            let data = machine.snapshot
            let snapshot = Snapshot(
                index: head.index, term: head.term, membership: head.membership, data: data)
            do throws(StorageError) {
                try SnapshotFile.write(snapshot, to: disk)
                return .success(data)
            } catch {
                return .failure(error)
            }
        }
        work.assumeIsolated().whenComplete { result in
            self.isBusy = false
            self.whenDone?()
            switch result {
            case .success(.success(let data)):
                // A newer one may have come from the leader meanwhile.
                if head.index >= self.last { self.saved = (head.index, data) }
            case .success(.failure(let error)): failed(error)
            case .failure: break
            }
        }
    }
}
