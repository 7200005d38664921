/// Which texts can be put together of given pieces, each as often as one likes.
struct Spelling {
    private let pieces: Set<Piece>
    private let lengths: [Int]
    /// The last text, and which of its beginnings can be put together: the next one mostly begins
    /// as it does.
    private var last: [UInt8] = []
    private var can = [true]

    init(pieces: [[UInt8]]) {
        self.pieces = Set(pieces.lazy.map { Piece(bytes: $0[...]) })
        lengths = Set(self.pieces.lazy.map(\.bytes.count)).subtracting([0]).sorted()
    }

    /// Linear in what is new of the text, times the number of different lengths of pieces.
    mutating func canSpell(_ text: [UInt8]) -> Bool {
        let common = Self.commonPrefix(of: last, text)
        can.removeLast(can.count - common - 1)
        can.append(contentsOf: repeatElement(false, count: text.count - common))
        let longest = lengths.last ?? 0
        for start in max(0, common - longest)..<max(text.count, 1) where can[start] {
            for length in lengths
            where start + length > common && start + length <= text.count {
                if can[start + length] { continue }
                can[start + length] = pieces.contains(
                    Piece(bytes: text[start..<(start + length)]))
            }
        }
        last = text
        return can[text.count]
    }

    private static func commonPrefix(of one: [UInt8], _ other: [UInt8]) -> Int {
        let most = min(one.count, other.count)
        var length = 0
        while length < most, one[length] == other[length] { length += 1 }
        return length
    }
}

/// Bytes that are hashed all at once, where a slice's own hash takes one by one.
private struct Piece: Hashable {
    let bytes: ArraySlice<UInt8>

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
