internal import Glibc

/// Words in one piece of memory that grows in small steps once it is large, so that a memory limit
/// is not overrun by a doubling; large pieces are grown in place where the C library can.
struct WordBuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt64>
    /// How many words there is room for.
    private(set) var capacity: Int

    /// From so many words on it grows by an eighth.
    private static var large: Int { 16_384 }

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
        base = Self.reallocate(nil, to: self.capacity)
    }

    deinit { free(base) }

    var bytes: Int { capacity * 8 }

    /// Makes room for at least so many words.
    mutating func grow(to words: Int) {
        let step = capacity < Self.large ? capacity : capacity / 8
        capacity = max(words, capacity + step)
        base = Self.reallocate(base, to: capacity)
    }

    private static func reallocate(
        _ base: UnsafeMutablePointer<UInt64>?, to capacity: Int
    ) -> UnsafeMutablePointer<UInt64> {
        guard let memory = realloc(base, capacity * 8) else {
            // As where an array of Swift's own finds no memory: nothing can go on without it.
            fatalError("no memory for \(capacity * 8) bytes of configurations")
        }
        return memory.assumingMemoryBound(to: UInt64.self)
    }
}
