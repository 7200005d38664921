/// Traffic from one node to another; the way back is another link.
public struct Link: Hashable, Comparable, Sendable {
    /// Where packets come from.
    public let source: NodeName
    /// Where they go.
    public let destination: NodeName

    /// The link between two nodes in this direction.
    public init(from source: NodeName, to destination: NodeName) {
        self.source = source
        self.destination = destination
    }

    /// The way back.
    public var reversed: Link { Link(from: destination, to: source) }

    /// By source, then by destination.
    public static func < (left: Link, right: Link) -> Bool {
        (left.source, left.destination) < (right.source, right.destination)
    }
}

extension Link: LosslessStringConvertible {
    /// Reads `n1>n2`; nil for anything else.
    public init?(_ text: String) {
        let ends = text.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
        guard ends.count == 2, let source = NodeName(ends[0]), let destination = NodeName(ends[1])
        else { return nil }
        self.init(from: source, to: destination)
    }

    /// `n1>n2`.
    public var description: String { "\(source)>\(destination)" }
}

extension Link: Codable {
    /// Reads `"n1>n2"`.
    ///
    /// - Throws: `DecodingError` for a text that names no link.
    public init(from decoder: any Decoder) throws { self = try decoder.read(Link.init) }

    /// Writes `"n1>n2"`.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
