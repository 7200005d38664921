internal import Models

/// Who wrote and who saw each value of a register: chains of entries by value, in a few flat arrays.
struct ValueIndex {
    /// The end of a chain.
    static let none: Int32 = -1

    /// Per entry: the value that it leaves or sees, and the one that it expects.
    private(set) var value: [Int32]
    private(set) var source: [Int32]
    /// Per value: the first of its writers, and of its readers.
    private(set) var firstWriter: [Int32] = []
    private(set) var firstReader: [Int32] = []
    /// Per entry: the next writer or reader of the same value.
    private var next: [Int32]

    /// Numbers the values, the initial one 0.
    ///
    /// - Returns: nil if two operations that took effect wrote the same value, or one wrote the
    ///   initial value.
    init?(_ track: Track<Register>) {
        let entries = track.entries
        value = Array(repeating: Self.none, count: entries.count)
        source = value
        next = value
        var numbers = Numbering()
        _ = numbers.number(of: track.model.initialState)
        var isWritten = [false]
        for (place, entry) in entries.enumerated() {
            switch entry.call {
            case .read(let seen): value[place] = Int32(numbers.number(of: seen))
            case .write(let new): value[place] = Int32(numbers.number(of: new))
            case .compareAndSet(let expected, let new):
                source[place] = Int32(numbers.number(of: expected))
                value[place] = Int32(numbers.number(of: new))
            case .refused: continue
            }
            while isWritten.count < numbers.count { isWritten.append(false) }
            guard !entry.isUnknown, entry.call.isWriter else { continue }
            let number = Int(value[place])
            guard number != 0, !isWritten[number] else { return nil }
            isWritten[number] = true
        }
        firstWriter = Array(repeating: Self.none, count: numbers.count)
        firstReader = firstWriter
        // Backwards, so that chains run forwards.
        for place in entries.indices.reversed() where value[place] != Self.none {
            let number = Int(value[place])
            if entries[place].call.isWriter {
                next[place] = firstWriter[number]
                firstWriter[number] = Int32(place)
            } else {
                next[place] = firstReader[number]
                firstReader[number] = Int32(place)
            }
        }
    }

    /// How many values there are.
    var count: Int { firstWriter.count }

    /// The writers of a value.
    func writers(of number: Int) -> Chain { Chain(links: next, head: firstWriter[number]) }
    /// The readers of a value.
    func readers(of number: Int) -> Chain { Chain(links: next, head: firstReader[number]) }

    /// Entries of one value, by invocation.
    struct Chain: Sequence, IteratorProtocol {
        fileprivate let links: [Int32]
        fileprivate var head: Int32

        mutating func next() -> Int? {
            guard head != ValueIndex.none else { return nil }
            defer { head = links[Int(head)] }
            return Int(head)
        }
    }
}

extension Register.Call {
    /// Whether it may leave a value behind.
    var isWriter: Bool {
        switch self {
        case .write, .compareAndSet: true
        case .read, .refused: false
        }
    }
}
