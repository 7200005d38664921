/// Which segment is being written, in a file of its own: without it the loss of the last segment, or
/// of its end, would look like a log that was never longer.
///
/// A segment takes its whole room when it is made and gives the rest back only when another one has
/// taken its place here; so one that is smaller has lost something.
struct CurrentSegment: Hashable {
    static let name = "current"

    let number: UInt64
    let bytes: Int

    func write(to disk: any Disk) throws(StorageError) {
        try SealedText.replace(
            Self.name, by: ["segment \(number)", "bytes \(bytes)"], on: disk)
    }

    static func read(_ disk: any Disk, _ names: [String]) throws(StorageError) -> CurrentSegment {
        let path = disk.folder + "/" + name
        guard names.contains(name) else {
            throw .corrupt(file: path, offset: 0, what: "missing")
        }
        let lines = try SealedText.lines(of: name, on: disk).map { $0.split(separator: " ") }
        guard lines.count == 2, lines.allSatisfy({ $0.count == 2 }), lines[0][0] == "segment",
            lines[1][0] == "bytes", let number = UInt64(lines[0][1]), let bytes = Int(lines[1][1])
        else {
            throw .corrupt(file: path, offset: 0, what: "it does not name a segment")
        }
        return CurrentSegment(number: number, bytes: bytes)
    }

    /// Whether the segment is there, as large as it was made.
    func check(_ disk: any Disk, _ numbers: [UInt64]) throws(StorageError) {
        let path = disk.folder + "/" + Segment.name(number)
        guard numbers.contains(number) else {
            throw .corrupt(file: path, offset: 0, what: "missing, though it was being written")
        }
        let size = try disk.size(of: Segment.name(number))
        guard size >= bytes else {
            throw .corrupt(
                file: path, offset: size, what: "cut short: it had \(bytes) bytes when it was made")
        }
    }
}
