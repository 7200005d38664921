/// An IPv4 address.
public struct IPv4Address: Hashable, Comparable, Sendable {
    /// The four bytes as one number, the first of them the most significant.
    public let number: UInt32

    /// The address of a number in host order.
    public init(number: UInt32) { self.number = number }

    /// Reads the dotted form; nil if the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        guard parts.count == 4, bytes.count == 4 else { return nil }
        number = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Lower numbers first.
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
        left.number < right.number
    }
}

extension IPv4Address: CustomStringConvertible {
    /// The dotted form.
    public var description: String {
        stride(from: 24, through: 0, by: -8).map { "\(number >> $0 & 0xff)" }
            .joined(separator: ".")
    }
}

extension IPv4Address: Codable {
    /// Reads `"10.77.0.1"`.
    ///
    /// - Throws: `DecodingError` for a text that is no address.
    public init(from decoder: any Decoder) throws { self = try decoder.read(IPv4Address.init(_:)) }

    /// Writes the dotted form.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
