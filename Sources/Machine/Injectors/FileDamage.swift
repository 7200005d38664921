internal import Disks
internal import Foundation

/// One file of a node that is down, damaged in one place, and what stood there before.
struct FileDamage: Hashable, Sendable {
    /// What was done.
    enum Kind: Hashable, Sendable {
        /// This bit of the byte at the place is another one.
        case flipped(bit: UInt8)
        /// Everything from the place on is gone.
        case cut
    }

    /// So many bytes on each side of a bit tell whether the node has written there since.
    private static let surroundings = 32

    private let file: URL
    private let kind: Kind
    private let place: Int
    /// How long the file was.
    private let size: Int
    /// Of a cut, what is gone but for zeros at its end; of a bit, what stands around it now.
    private let bytes: [UInt8]

    /// Damages a file in what had been written of it, by the seed: every fourth is cut short.
    ///
    /// - Parameters:
    ///   - file: a file that nobody has open.
    ///   - written: how many of its bytes are more than room that was reserved; at least one.
    ///   - range: where in them; not empty.
    ///   - seed: for the place and the kind.
    /// - Throws: Foundation's error if the file cannot be changed.
    init(_ file: URL, written: Int, within range: Range<Int>, seed: UInt64) throws {
        self.file = file
        place = range.lowerBound + Int(PowerLoss.mixed(seed, 1) % UInt64(range.count))
        let handle = try FileHandle(forUpdating: file)
        defer { try? handle.close() }
        size = Int(try handle.seekToEnd())
        if PowerLoss.mixed(seed, 2) % 4 == 0 {
            kind = .cut
            bytes = try Self.read(handle, place..<written)
            try handle.truncate(atOffset: UInt64(place))
            return
        }
        let bit = UInt8(PowerLoss.mixed(seed, 3) % 8)
        kind = .flipped(bit: bit)
        try Self.flip(bit, at: place, of: handle)
        bytes = try Self.read(handle, Self.around(place))
    }

    /// What was done, in words.
    var summary: String {
        let name = file.lastPathComponent
        return switch kind {
        case .flipped(let bit): "bit \(bit) of byte \(place) of \(name), \(size) long, was flipped"
        case .cut: "\(name) was cut to \(place) bytes of \(size)"
        }
    }

    /// Takes the damage back where it is still there; what the node has written since stays, for it
    /// may have been promised to others.
    ///
    /// - Returns: whether the damage was still there.
    @discardableResult
    func undo() throws -> Bool {
        guard FileManager.default.fileExists(atPath: file.path) else { return false }
        let handle = try FileHandle(forUpdating: file)
        defer { try? handle.close() }
        switch kind {
        case .flipped(let bit):
            guard try Self.read(handle, Self.around(place)) == bytes else { return false }
            try Self.flip(bit, at: place, of: handle)
        case .cut:
            let now = Int(try handle.seekToEnd())
            // Whoever has reserved room again has put zeros there.
            guard now >= place,
                try Self.read(handle, place..<place + bytes.count).allSatisfy({ $0 == 0 })
            else { return false }
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: bytes)
            try handle.truncate(atOffset: UInt64(max(now, size)))
        }
        return true
    }

    private static func around(_ place: Int) -> Range<Int> {
        max(0, place - surroundings)..<place + surroundings + 1
    }

    /// As much of a range as there is.
    private static func read(_ handle: FileHandle, _ range: Range<Int>) throws -> [UInt8] {
        try handle.seek(toOffset: UInt64(range.lowerBound))
        return Array(try handle.read(upToCount: range.count) ?? Data())
    }

    private static func flip(_ bit: UInt8, at place: Int, of handle: FileHandle) throws {
        let byte = try read(handle, place..<place + 1).first ?? 0
        try handle.seek(toOffset: UInt64(place))
        try handle.write(contentsOf: [byte ^ 1 << bit])
    }
}
