/// A value as histories carry it: what EDN and JSON can say.
///
/// A value is what it is: text is compared byte by byte, maps and sets by their content in
/// whatever order it stood, a tagged value together with its tag, and a number that neither 64
/// bits nor a `Double` hold exactly by its digits. A vector equals a list of the same elements, as
/// in EDN.
public enum Value: Sendable {
    /// No value: EDN `nil`, JSON `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A 64-bit integer.
    case int(Int)
    /// A floating-point number; equal to those of the same bits.
    case double(Double)
    /// A number that no other case holds exactly: its digits without needless zeros, and `M`
    /// behind an EDN decimal.
    case number(Text)
    /// Text.
    case string(Text)
    /// An EDN keyword, without its colon.
    case keyword(Text)
    /// An EDN symbol, a character, or anything else kept by its spelling.
    case symbol(Text)
    /// A vector or a list.
    case vector([Value])
    /// A set.
    case set(Members)
    /// A map.
    case map(Entries)
    /// An EDN value with its tag, without the tag's `#`.
    indirect case tagged(Text, Value)
}

extension Value {
    /// Text of a Swift string.
    public static func string(_ text: String) -> Value { .string(Text(text)) }

    /// A keyword of a Swift string.
    public static func keyword(_ name: String) -> Value { .keyword(Text(name)) }

    /// A symbol of a Swift string.
    public static func symbol(_ name: String) -> Value { .symbol(Text(name)) }

    /// The integer, where this is one.
    public var int: Int? {
        if case .int(let number) = self { number } else { nil }
    }

    /// The elements, where this is a vector.
    public var elements: [Value]? {
        if case .vector(let elements) = self { elements } else { nil }
    }

    /// The two elements, where this is a vector of two: a key and a value, or what a
    /// compare-and-set expects and writes.
    public var pair: (Value, Value)? {
        guard case .vector(let elements) = self, elements.count == 2 else { return nil }
        return (elements[0], elements[1])
    }

    /// The value that a map holds under a keyword.
    public func entry(_ keyword: String) -> Value? {
        guard case .map(let entries) = self else { return nil }
        return entries[.keyword(keyword)]
    }
}

extension Value: Hashable {
    /// The same kind with the same content.
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): left == right
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        // Not as numbers: NaN would not equal itself, and 0.0 would equal -0.0.
        case (.double(let left), .double(let right)): left.bitPattern == right.bitPattern
        case (.string(let left), .string(let right)), (.keyword(let left), .keyword(let right)),
            (.symbol(let left), .symbol(let right)), (.number(let left), .number(let right)):
            left == right
        case (.vector(let left), .vector(let right)): left == right
        case (.set(let left), .set(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.tagged(let leftTag, let left), .tagged(let rightTag, let right)):
            leftTag == rightTag && left == right
        default: false
        }
    }

    /// Feeds the kind and the content.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        switch self {
        case .null: break
        case .bool(let flag): hasher.combine(flag)
        case .int(let number): hasher.combine(number)
        case .double(let number): hasher.combine(number.bitPattern)
        case .number(let text), .string(let text), .keyword(let text), .symbol(let text):
            hasher.combine(text)
        case .vector(let elements): hasher.combine(elements)
        case .set(let members): hasher.combine(members)
        case .map(let entries): hasher.combine(entries)
        case .tagged(let tag, let value):
            hasher.combine(tag)
            hasher.combine(value)
        }
    }
}

extension Value: Comparable {
    /// An order of all values, in which sets and maps are held: by kind first, numbers by size,
    /// text byte by byte.
    public static func < (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): return left < right
        case (.bool(let left), .bool(let right)): return !left && right
        case (.double(let left), .double(let right)):
            return left.bitPattern != right.bitPattern
                && left.isTotallyOrdered(belowOrEqualTo: right)
        case (.string(let left), .string(let right)), (.keyword(let left), .keyword(let right)),
            (.symbol(let left), .symbol(let right)), (.number(let left), .number(let right)):
            return left < right
        case (.vector(let left), .vector(let right)): return left.lexicographicallyPrecedes(right)
        case (.set(let left), .set(let right)):
            return left.elements.lexicographicallyPrecedes(right.elements)
        case (.map(let left), .map(let right)):
            return left.elements.lexicographicallyPrecedes(right.elements) {
                $0.key == $1.key ? $0.value < $1.value : $0.key < $1.key
            }
        case (.tagged(let leftTag, let left), .tagged(let rightTag, let right)):
            return leftTag == rightTag ? left < right : leftTag < rightTag
        default: return left.rank < right.rank
        }
    }

    /// The kind's place among kinds.
    private var rank: UInt8 {
        switch self {
        case .null: 0
        case .bool: 1
        case .int: 2
        case .double: 3
        case .number: 4
        case .string: 5
        case .keyword: 6
        case .symbol: 7
        case .vector: 8
        case .set: 9
        case .map: 10
        case .tagged: 11
        }
    }
}

extension Value: CustomStringConvertible {
    /// The value as EDN writes it, with what is hard to see spelled out (``Text/description``).
    public var description: String {
        var text: [UInt8] = []
        text.append(edn: self)
        return Text(bytes: text).description
    }
}

// Not by nil: a `nil` that should be an optional's would silently become a value.
extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral
{
    /// An integer.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A vector.
    public init(arrayLiteral elements: Value...) { self = .vector(elements) }
}
