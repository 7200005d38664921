internal import Glibc

/// Text as a history carries it: bytes, equal only where every byte is.
///
/// Swift's strings are equal if they look alike, composed or not, and know UTF-8 alone. A data
/// store knows bytes, so here `é` in one scalar and in two are two values, and bytes that are no
/// UTF-8 are kept, each one of them. A lone surrogate of JSON is the three bytes of WTF-8.
///
/// Inside is a Swift string, for it takes fifteen bytes without an allocation. A byte that is no
/// UTF-8 stands there as a scalar of a private plane, U+10FE00 and what the byte is; those scalars
/// themselves as their four bytes in the same way, so that no two texts are held alike.
public struct Text: Hashable, Sendable {
    private static let escapes: UInt32 = 0x10fe00
    /// The first byte of each scalar of that plane.
    private static let suspicious: UInt8 = 0xf4

    private var storage: String

    /// The bytes of a string.
    public init(_ string: String) {
        if Self.isSuspicious(string.utf8) {
            storage = Self.escaped(Array(string.utf8))
        } else {
            storage = string
        }
    }

    /// These bytes, whatever they are.
    ///
    /// Linear.
    public init(bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Text($0) }
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        if !Self.isSuspicious(bytes),
            let string = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self)
        {
            storage = string
        } else {
            storage = Self.escaped(Array(bytes))
        }
    }

    /// The bytes.
    public var bytes: [UInt8] {
        guard hasEscapes else { return Array(storage.utf8) }
        var bytes: [UInt8] = []
        for scalar in storage.unicodeScalars {
            if let byte = Self.byte(scalar) {
                bytes.append(byte)
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return bytes
    }

    /// How many bytes there are.
    public var count: Int { hasEscapes ? bytes.count : storage.utf8.count }

    /// Whether there are none.
    public var isEmpty: Bool { storage.isEmpty }

    /// Whether these bytes begin with the other ones.
    ///
    /// Linear in those.
    public func hasPrefix(_ prefix: Text) -> Bool {
        if Self.begins(storage.utf8, with: prefix.storage.utf8) { return true }
        // What stands there as half a character may be the beginning of a whole one.
        return prefix.hasEscapes && bytes.starts(with: prefix.bytes)
    }

    /// The bytes of one behind those of another.
    public static func + (left: Text, right: Text) -> Text {
        var text = left
        text += right
        return text
    }

    /// Appends bytes in place.
    public static func += (left: inout Text, right: Text) {
        if left.hasEscapes || right.hasEscapes {
            // What was half a character may be a whole one now.
            left = Text(bytes: left.bytes + right.bytes)
        } else {
            left.storage += right.storage
        }
    }

    /// Equal bytes, whatever they look like.
    public static func == (left: Text, right: Text) -> Bool {
        let (left, right) = (left.storage.utf8, right.storage.utf8)
        guard left.count == right.count else { return false }
        return left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
        }.flatMap(\.self) ?? left.elementsEqual(right)
    }

    /// Feeds the bytes.
    public func hash(into hasher: inout Hasher) {
        let fed: Void? = storage.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
            hasher.combine(0xff as UInt8)
        }
        if fed == nil { storage.hash(into: &hasher) }
    }

    // MARK: Bytes that are no UTF-8

    private var hasEscapes: Bool { Self.isSuspicious(storage.utf8) }

    /// Whether there may be an escape; the C library looks at many bytes at once.
    private static func isSuspicious(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, Int32(suspicious), bytes.count) != nil } ?? false
        } ?? bytes.contains(suspicious)
    }

    private static func begins(_ bytes: String.UTF8View, with others: String.UTF8View) -> Bool {
        guard bytes.count >= others.count else { return false }
        return bytes.withContiguousStorageIfAvailable { bytes in
            others.withContiguousStorageIfAvailable { others in
                guard let left = bytes.baseAddress, let right = others.baseAddress else {
                    return others.isEmpty
                }
                return memcmp(left, right, others.count) == 0
            }
        }.flatMap(\.self) ?? bytes.starts(with: others)
    }

    /// The byte that a scalar stands for.
    private static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        scalar.value >= escapes && scalar.value < escapes + 256
            ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while let first = rest.first {
            if let scalar = leadingScalar(rest), byte(scalar) == nil {
                scalars.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                // The byte's own number is below 256, so this is a scalar.
                scalars.append(Unicode.Scalar(escapes + UInt32(first)) ?? "\u{fffd}")
                rest = rest.dropFirst()
            }
        }
        return String(scalars)
    }

    private static func leadingScalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var decoder = UTF8()
        var iterator = bytes.prefix(4).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return scalar
    }
}

extension Text: Comparable {
    /// Byte by byte.
    public static func < (left: Text, right: Text) -> Bool {
        left.storage.utf8.lexicographicallyPrecedes(right.storage.utf8)
    }
}

extension Text: CustomStringConvertible {
    /// The text for a reader, who can tell every two texts apart: combining marks are shown as
    /// `\u0301`, bytes that are no UTF-8 as `\xff`.
    public var description: String {
        if storage.utf8.allSatisfy({ $0 < 0x80 }) { return storage }
        return storage.unicodeScalars.map { scalar in
            if let byte = Self.byte(scalar) { return "\\x" + Self.hexadecimal(UInt32(byte), 2) }
            let isShown =
                switch scalar.properties.generalCategory {
                case .nonspacingMark, .enclosingMark, .spacingMark, .format, .unassigned: false
                default: true
                }
            guard !isShown, scalar.value < 0x10000 else { return String(scalar) }
            return "\\u" + Self.hexadecimal(scalar.value, 4)
        }.joined()
    }

    private static func hexadecimal(_ number: UInt32, _ digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}

extension Text: ExpressibleByStringInterpolation {
    /// The bytes of a literal.
    public init(stringLiteral value: String) { self.init(value) }
}
