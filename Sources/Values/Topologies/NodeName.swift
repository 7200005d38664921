/// A node's name, as it stands in plans, folders and reports: `n1`, `n2` and so on.
public struct NodeName: Hashable, Comparable, Sendable {
    /// The number behind the `n`, from 1.
    public let number: Int

    /// The node of this number.
    public init(number: Int) { self.number = number }

    /// The harness with all its clients, as the end of a link that can be cut.
    public static let clients = NodeName(number: 0)

    /// Lower numbers first.
    public static func < (left: NodeName, right: NodeName) -> Bool { left.number < right.number }
}

extension NodeName: LosslessStringConvertible {
    /// Reads `n1` or `clients`; nil for anything else.
    public init?(_ text: String) {
        if text == "clients" {
            self = .clients
            return
        }
        guard text.first == "n", let number = Int(text.dropFirst()), number > 0,
            text == "n\(number)"
        else { return nil }
        self.number = number
    }

    /// `n1` for example.
    public var description: String { number == 0 ? "clients" : "n\(number)" }
}

extension NodeName: Codable, CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The name, so that an object of nodes has keys like `n1`.
    public var codingKey: any CodingKey { Key(stringValue: description) }

    /// Reads a key of an object of nodes.
    public init?<T: CodingKey>(codingKey: T) { self.init(codingKey.stringValue) }

    /// Reads `"n1"`.
    ///
    /// - Throws: `DecodingError` for a text that names no node.
    public init(from decoder: any Decoder) throws { self = try decoder.read(NodeName.init) }

    /// Writes `"n1"`.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Decoder {
    /// Reads a value that is written as text.
    func read<Value>(_ parse: (String) -> Value?) throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = parse(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no \(Value.self)")
        }
        return value
    }
}
