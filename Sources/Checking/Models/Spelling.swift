/// Which texts can be put together of given pieces, each as often as one likes.
struct Spelling {
    private let pieces: Set<ArraySlice<UInt8>>
    private let lengths: [Int]
    /// The last text, and which of its beginnings can be put together: the next one mostly begins
    /// as it does.
    private var last: [UInt8] = []
    private var can = [true]

    init(pieces: [[UInt8]]) {
        self.pieces = Set(pieces.map { $0[...] })
        lengths = Set(pieces.map(\.count)).subtracting([0]).sorted()
    }

    /// Linear in what is new of the text, times the number of different lengths of pieces.
    mutating func canSpell(_ text: [UInt8]) -> Bool {
        let common = zip(last, text).prefix { $0 == $1 }.count
        can.removeLast(can.count - common - 1)
        can.append(contentsOf: repeatElement(false, count: text.count - common))
        let longest = lengths.last ?? 0
        for start in max(0, common - longest)..<max(text.count, 1) where can[start] {
            for length in lengths
            where start + length > common && start + length <= text.count {
                if can[start + length] { continue }
                can[start + length] = pieces.contains(text[start..<(start + length)])
            }
        }
        last = text
        return can[text.count]
    }
}
