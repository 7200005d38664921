internal import CLinux
internal import Foundation

/// What is kept of the nodes' own data: nothing of a valid run, what was written of any other, and
/// of the latest few runs only.
extension RunFolder {
    /// Runs of a plan whose nodes' data is kept; histories, results, logs and pages of older ones
    /// stay.
    public static let runsWithData = 5

    private static let blockSize = 65_536

    /// Removes the nodes' data, which only a run that is not valid keeps.
    ///
    /// - Throws: `StoreError` if it cannot be removed.
    public func removeData(of node: String) throws(StoreError) {
        let data = path + "/nodes/" + node + "/data"
        guard FileManager.default.fileExists(atPath: data) else { return }
        do {
            try FileManager.default.removeItem(atPath: data)
        } catch {
            throw StoreError(path: data, why: (error as NSError).localizedDescription)
        }
    }

    /// Removes the nodes' data of all but the latest runs of this plan.
    ///
    /// - Throws: `StoreError` if it cannot be removed.
    public func removeOldData() throws(StoreError) {
        let plan = URL(filePath: path).deletingLastPathComponent()
        let manager = FileManager.default
        let runs = ((try? manager.contentsOfDirectory(atPath: plan.path)) ?? [])
            .filter { $0.wholeMatch(of: /\d{8}T\d{6}\.\d{3}Z/) != nil }.sorted()
        for run in runs.dropLast(Self.runsWithData) {
            let old = RunFolder(existing: plan.appending(path: run).path)
            // A run without results is still going on, or was killed and wants to be looked at.
            guard manager.fileExists(atPath: old.results) else { continue }
            let nodes = try? manager.contentsOfDirectory(atPath: old.path + "/nodes")
            for node in nodes ?? [] { try old.removeData(of: node) }
        }
    }

    /// Gives the disk back what nodes have reserved and never written: zeros become holes, and the
    /// files read as before.
    public func trimData() {
        let nodes = path + "/nodes"
        let files = FileManager.default.enumerator(atPath: nodes)?.compactMap { $0 as? String }
        for file in files ?? [] where file.contains("/data/") {
            Self.punchZeros(of: nodes + "/" + file)
        }
    }

    private static func punchZeros(of file: String) {
        let descriptor = open(file, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        var block = [UInt8](repeating: 0, count: blockSize)
        var offset: off_t = 0
        while offset < status.st_size {
            let count = pread(descriptor, &block, blockSize, offset)
            guard count > 0 else { return }
            let isZero = block[..<count].allSatisfy { $0 == 0 }
            // A file system without holes keeps its zeros: nothing is lost but space.
            if isZero { _ = clinux_punch_hole(descriptor, Int64(offset), Int64(count)) }
            offset += off_t(count)
        }
    }
}
