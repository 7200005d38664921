/// What a request asks of a file: the whole, or one stretch of it (RFC 9110 §14).
enum ByteRange: Hashable {
    /// All of it: nothing else was asked for, or in a way that may be ignored.
    case whole
    /// These bytes.
    case part(Range<Int>)
    /// Bytes that the file does not have.
    case unsatisfiable

    /// Reads a `Range` header for a file of a size; several ranges at once are answered by the whole.
    init(_ header: String?, size: Int) {
        guard let header, let found = header.wholeMatch(of: /bytes=(\d{0,18})-(\d{0,18})/) else {
            self = .whole
            return
        }
        switch (Int(found.1), Int(found.2)) {
        case (nil, nil): self = .whole
        case (nil, let last?):
            self = last == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - last)..<size)
        case (let first?, let last):
            if let last, last < first {
                self = .whole
            } else if first >= size {
                self = .unsatisfiable
            } else {
                self = .part(first..<min(size, (last ?? size - 1) + 1))
            }
        }
    }
}
