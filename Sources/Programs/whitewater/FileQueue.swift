import Dispatch
import Foundation
import Synchronization

/// Checks many files on all cores and hands the findings on in the files' order.
struct FileQueue {
    /// Files over this many bytes are checked one at a time: each fills the memory by itself, and
    /// its keys the cores.
    private static let large = 100_000_000

    let files: [String]
    /// Whether each file waits for the one before it.
    let isOrderly: Bool

    private struct Progress {
        var next = 0
        var findings: [Int: FileChecker.Finding] = [:]
        var printed = 0
        var worst = Rank.valid
        var failure: (any Error)?
    }

    /// Checks all files; the worst rank.
    ///
    /// - Throws: what the body throws; files that nobody has begun then stay unchecked.
    func check(
        with checker: FileChecker, handOn: (FileChecker.Finding) throws -> Void
    ) throws -> Rank {
        let workers = isOrderly ? 1 : min(files.count, ProcessInfo.processInfo.activeProcessorCount)
        let progress = Mutex(Progress())
        let turn = Mutex(())
        // The body runs under the lock, on one thread at a time, and not after this call.
        withoutActuallyEscaping(handOn) { handOn in
            nonisolated(unsafe) let handOn = handOn
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                while let place = progress.withLock({ take(&$0) }) {
                    let file = files[place]
                    let finding =
                        isLarge(file)
                        ? turn.withLock { _ in checker.check(file) } : checker.check(file)
                    progress.withLock { note(finding, at: place, in: &$0, handOn: handOn) }
                }
            }
        }
        return try progress.withLock { progress in
            if let failure = progress.failure { throw failure }
            return progress.worst
        }
    }

    private func take(_ progress: inout Progress) -> Int? {
        guard progress.failure == nil, progress.next < files.count else { return nil }
        progress.next += 1
        return progress.next - 1
    }

    private func note(
        _ finding: FileChecker.Finding, at place: Int, in progress: inout Progress,
        handOn: (FileChecker.Finding) throws -> Void
    ) {
        progress.worst = max(progress.worst, finding.rank)
        progress.findings[place] = finding
        while progress.failure == nil,
            let next = progress.findings.removeValue(forKey: progress.printed)
        {
            progress.printed += 1
            do {
                try handOn(next)
            } catch {
                progress.failure = error
            }
        }
    }

    private func isLarge(_ file: String) -> Bool {
        var status = stat()
        return stat(file, &status) == 0 && status.st_size > Self.large
    }
}
