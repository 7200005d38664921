internal import Wire

/// A small file of lines with a checksum over them as its last line, in place as a whole or not at
/// all.
enum SealedText {
    private static let seal = "crc32c "

    /// Puts lines in place of those that the file had.
    static func replace(
        _ name: String, by lines: [String], on disk: any Disk
    ) throws(StorageError) {
        let text = Array(lines.map { $0 + "\n" }.joined().utf8)
        let last = seal + String(Frame.checksum(text[...]), radix: 16) + "\n"
        let temporary = name + ".tmp"
        let file = try disk.open(temporary, size: nil)
        try file.truncate(to: 0)
        try file.write(text + Array(last.utf8), at: 0)
        try file.sync()
        try disk.rename(temporary, to: name)
        try disk.sync()
    }

    /// The lines of a file.
    ///
    /// - Throws: ``StorageError/corrupt(file:offset:what:)`` if they are not those that were written.
    static func lines(of name: String, on disk: any Disk) throws(StorageError) -> [String] {
        let bytes = try disk.read(name)
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard bytes.last == UInt8(ascii: "\n"), let last = lines.last else {
            throw .corrupt(file: disk.folder + "/" + name, offset: 0, what: "cut short")
        }
        let body = bytes[..<last.startIndex]
        guard
            String(decoding: last, as: UTF8.self)
                == seal + String(Frame.checksum(body), radix: 16)
        else {
            throw .corrupt(
                file: disk.folder + "/" + name, offset: 0, what: "its checksum is wrong")
        }
        return lines.dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
