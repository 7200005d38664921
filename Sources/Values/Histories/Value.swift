/// A value as histories carry it: the part of EDN that clients of a data store speak.
public enum Value: Hashable, Sendable {
    /// No value: EDN `nil`, JSON `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A 64-bit integer.
    case int(Int)
    /// A floating-point number.
    case double(Double)
    /// Text.
    case string(String)
    /// An EDN keyword, without its colon.
    case keyword(String)
    /// An EDN symbol, a character, or anything else kept by its spelling.
    case symbol(String)
    /// A vector or a list.
    case vector([Value])
    /// A set, in the order of its text.
    case set([Value])
    /// A map, in the order of its text.
    case map([Entry])

    /// One key and its value in a map.
    public struct Entry: Hashable, Sendable {
        /// What is looked up.
        public let key: Value
        /// What is found.
        public let value: Value

        /// Pairs a key with its value.
        public init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }
}

extension Value {
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
        return entries.first { $0.key == .keyword(keyword) }?.value
    }
}

extension Value: CustomStringConvertible {
    /// The value as EDN writes it.
    public var description: String {
        var text: [UInt8] = []
        text.append(edn: self)
        return String(decoding: text, as: UTF8.self)
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
