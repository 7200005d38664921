/// The image of a vDSO: the small shared library with which the kernel lets programs read clocks
/// without a system call (vdso(7)).
///
/// A substitute is made from the kernel's own image: the same bytes, so that every C library and
/// Go's runtime find what they look for, but with other addresses in its table of symbols. Those
/// of functions that are substituted lead to the substitute, all others to the kernel's functions
/// where they are; addresses in the table count from the image's own, and may wrap around.
struct VirtualLibrary {
    /// Why an image cannot be used.
    enum Defect: Error, Hashable, CustomStringConvertible {
        case notWide
        case malformed(String)

        var description: String {
            switch self {
            case .notWide: "its vDSO is not a 64-bit one"
            case .malformed(let what): "its vDSO has no \(what)"
            }
        }
    }

    /// A function of the image.
    struct Symbol: Hashable {
        let name: String
        /// From the image's start.
        let offset: UInt64
        /// Where its entry lies in the image.
        let entry: Int
    }

    /// A symbol's entry: name, type, section, address, size (elf(5)).
    private static let entrySize = 24

    private(set) var bytes: [UInt8]
    private(set) var symbols: [Symbol] = []

    /// Reads an image.
    init(_ bytes: [UInt8]) throws(Defect) {
        self.bytes = bytes
        guard bytes.count >= 64, Array(bytes[0..<4]) == [0x7f, 0x45, 0x4c, 0x46] else {
            throw .malformed("ELF header")
        }
        guard bytes[4] == 2 else { throw .notWide }
        let dynamic = try dynamicSection()
        guard let table = dynamic[6], let names = dynamic[5], table < names else {
            throw .malformed("table of symbols")
        }
        // The names follow the table; only a hash table would say how many symbols there are, and
        // not every kernel has the one that does.
        let count = (names - table) / Self.entrySize
        for entry in stride(from: table, to: table + count * Self.entrySize, by: Self.entrySize) {
            guard let name = integer(UInt32.self, at: entry),
                let info = integer(UInt8.self, at: entry + 4),
                let section = integer(UInt16.self, at: entry + 6),
                let offset = integer(UInt64.self, at: entry + 8)
            else { throw .malformed("whole table of symbols") }
            // Functions (2) that are defined (not 0) and more than a mark of a version (0xfff1).
            guard info & 15 == 2, section != 0, section != 0xfff1 else { continue }
            symbols.append(
                Symbol(name: try string(at: names + Int(name)), offset: offset, entry: entry))
        }
        guard !symbols.isEmpty else { throw .malformed("functions") }
    }

    /// The size of an image whose first bytes are given: up to the end of its table of sections.
    static func size(header: [UInt8]) -> Int? {
        guard header.count >= 64 else { return nil }
        func integer<I: FixedWidthInteger>(_: I.Type, at place: Int) -> I {
            header.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: I.self) }
        }
        let end =
            integer(UInt64.self, at: 40).addingReportingOverflow(
                UInt64(integer(UInt16.self, at: 58)) * UInt64(integer(UInt16.self, at: 60)))
        guard !end.overflow, end.partialValue >= 64, end.partialValue <= 1 << 20 else { return nil }
        return Int(end.partialValue)
    }

    /// The offset of a function, under its name or that with the vDSO's prefix.
    func offset(of function: String) -> UInt64? {
        symbols.first { $0.name == "__vdso_\(function)" }?.offset
    }

    /// Lets every function lead to where it is in the kernel's image, but for the substituted
    /// ones.
    ///
    /// - Parameters:
    ///   - own: the address at which this image will lie.
    ///   - kernel: the address of the kernel's image.
    ///   - substitutes: the addresses of the substitutes, by the functions' names without prefix.
    mutating func redirect(own: UInt64, kernel: UInt64, substitutes: [String: UInt64]) {
        for symbol in symbols {
            let prefix = "__vdso_"
            let name =
                symbol.name.hasPrefix(prefix)
                ? String(symbol.name.dropFirst(prefix.count)) : symbol.name
            let address = substitutes[name] ?? (kernel &+ symbol.offset)
            withUnsafeBytes(of: (address &- own).littleEndian) { value in
                bytes.replaceSubrange(symbol.entry + 8..<symbol.entry + 16, with: value)
            }
        }
    }

    // MARK: Reading

    /// The dynamic section's values by their tags, addresses from the image's start.
    private func dynamicSection() throws(Defect) -> [Int64: Int] {
        guard let headers = integer(UInt64.self, at: 32).flatMap({ Int(exactly: $0) }),
            let count = integer(UInt16.self, at: 56)
        else { throw .malformed("program headers") }
        for header in (0..<Int(count)).map({ headers + $0 * 56 }) {
            guard integer(UInt32.self, at: header) == 2,
                let offset = integer(UInt64.self, at: header + 8).flatMap({ Int(exactly: $0) }),
                let size = integer(UInt64.self, at: header + 32).flatMap({ Int(exactly: $0) })
            else { continue }
            var values: [Int64: Int] = [:]
            for place in stride(from: offset, to: offset + size, by: 16) {
                guard let tag = integer(Int64.self, at: place), tag != 0,
                    let value = integer(UInt64.self, at: place + 8)
                else { break }
                values[tag] = Int(exactly: value)
            }
            return values
        }
        throw .malformed("dynamic section")
    }

    private func integer<I: FixedWidthInteger>(_: I.Type, at place: Int) -> I? {
        guard place >= 0, place <= bytes.count - MemoryLayout<I>.size else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: I.self) }
    }

    private func string(at place: Int) throws(Defect) -> String {
        guard place >= 0, place < bytes.count,
            let end = bytes[place...].firstIndex(of: 0)
        else { throw .malformed("names") }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }
}
