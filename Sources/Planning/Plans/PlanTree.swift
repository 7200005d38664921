/// What a part of a plan says whose keys belong to somebody else: YAML's shape, every scalar by
/// its spelling.
public indirect enum PlanTree: Hashable, Sendable {
    /// A scalar; nothing at all is the empty text.
    case text(String)
    /// A list.
    case list([PlanTree])
    /// Keys and what they say, in the order of the plan.
    case map([Entry])

    /// One key with what it says.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public let key: String
        /// What it says.
        public let value: PlanTree

        /// A key with what it says.
        public init(_ key: String, _ value: PlanTree) {
            self.key = key
            self.value = value
        }
    }

    /// The scalar, where this is one.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The elements, where this is a list.
    public var elements: [PlanTree]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// The entries, where this is a map.
    public var entries: [Entry]? {
        if case .map(let entries) = self { entries } else { nil }
    }

    /// What a key of a map says.
    public subscript(key: String) -> PlanTree? {
        entries?.first { $0.key == key }?.value
    }
}

extension PlanTree: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads whatever is there.
    ///
    /// - Throws: `DecodingError` for a scalar that is no text.
    public init(from decoder: any Decoder) throws {
        if let keys = try? decoder.container(keyedBy: Key.self) {
            self = .map(
                try keys.allKeys.map {
                    Entry($0.stringValue, try keys.decode(PlanTree.self, forKey: $0))
                })
        } else if var list = try? decoder.unkeyedContainer() {
            var elements: [PlanTree] = []
            while !list.isAtEnd { elements.append(try list.decode(PlanTree.self)) }
            self = .list(elements)
        } else {
            let scalar = try decoder.singleValueContainer()
            self = .text(scalar.decodeNil() ? "" : try scalar.decode(String.self))
        }
    }

    /// Writes it as it was read; numbers and flags without quotes.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .map(let entries):
            var keys = encoder.container(keyedBy: Key.self)
            for entry in entries {
                try keys.encode(entry.value, forKey: Key(stringValue: entry.key))
            }
        case .list(let elements):
            var list = encoder.unkeyedContainer()
            for element in elements { try list.encode(element) }
        case .text(let text):
            var scalar = encoder.singleValueContainer()
            if let number = Int(text), "\(number)" == text {
                try scalar.encode(number)
            } else if let flag = Bool(text) {
                try scalar.encode(flag)
            } else {
                try scalar.encode(text)
            }
        }
    }
}

/// A section of a plan whose other keys belong to whatever its name names: a system, a workload.
public struct PlanSection: Hashable, Sendable, Codable {
    /// What the section is about.
    public var name: String
    /// The other keys.
    public var keys: [PlanTree.Entry]

    /// A section.
    public init(_ name: String, keys: [PlanTree.Entry] = []) {
        self.name = name
        self.keys = keys
    }

    /// Reads the section, or the name alone; a section without a name has an empty one.
    ///
    /// - Throws: `DecodingError` if it is neither.
    public init(from decoder: any Decoder) throws {
        switch try PlanTree(from: decoder) {
        case .text(let word): self.init(word)
        case .map(let entries):
            let name = entries.first { $0.key == "name" }?.value
            guard let word = name.map(\.text) ?? "" else { throw Self.noName(decoder) }
            self.init(word, keys: entries.filter { $0.key != "name" })
        case .list: throw Self.noName(decoder)
        }
    }

    private static func noName(_ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(
            .init(
                codingPath: decoder.codingPath,
                debugDescription: "is a name, or keys of which one is the name"))
    }

    /// Writes the name first.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        try PlanTree.map([.init("name", .text(name))] + keys).encode(to: encoder)
    }

    /// What a key says.
    public subscript(key: String) -> PlanTree? {
        get { keys.first { $0.key == key }?.value }
        set {
            let place = keys.firstIndex { $0.key == key } ?? keys.endIndex
            if place < keys.endIndex { keys.remove(at: place) }
            if let newValue { keys.insert(.init(key, newValue), at: place) }
        }
    }
}
