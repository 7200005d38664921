extension Value {
    /// What a set holds, in the order of all values: the same for equal sets, however they were
    /// written.
    public struct Members: Hashable, Sendable {
        /// The members, growing.
        public let elements: [Value]

        /// The distinct ones of these values.
        ///
        /// Linear where they are in order, n log n otherwise.
        public init(_ values: [Value]) {
            elements = values.growing(by: \.self) ?? values.sortedForSets.withoutRepetitions
        }

        /// These values, unless one of them is there twice.
        init(distinct values: [Value]) throws(Repetition) {
            if let elements = values.growing(by: \.self) {
                self.elements = elements
                return
            }
            let sorted = values.sortedForSets
            if let twice = zip(sorted, sorted.dropFirst()).first(where: { $0 == $1 }) {
                throw Repetition(value: twice.0)
            }
            elements = sorted
        }
    }

    /// What a map holds, in the order of its keys.
    public struct Entries: Hashable, Sendable {
        /// The entries, their keys growing.
        public let elements: [Entry]

        /// The entries of a dictionary.
        ///
        /// n log n.
        public init(_ dictionary: [Value: Value]) {
            elements = dictionary.map { Entry(key: $0.key, value: $0.value) }
                .sorted { $0.key < $1.key }
        }

        /// These entries, unless a key is there twice.
        init(distinct entries: [Entry]) throws(Repetition) {
            if let elements = entries.growing(by: \.key) {
                self.elements = elements
                return
            }
            let sorted = entries.sorted { $0.key < $1.key }
            if let twice = zip(sorted, sorted.dropFirst()).first(where: { $0.key == $1.key }) {
                throw Repetition(value: twice.0.key)
            }
            elements = sorted
        }

        /// The value under a key; linear, for maps in histories are small.
        public subscript(key: Value) -> Value? { elements.first { $0.key == key }?.value }

        /// The entries by their keys.
        public var dictionary: [Value: Value] {
            Dictionary(uniqueKeysWithValues: elements.map { ($0.key, $0.value) })
        }
    }

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

    /// A key of a map, or a member of a set, that stands there twice.
    struct Repetition: Error {
        let value: Value
    }
}

extension Value.Members: ExpressibleByArrayLiteral {
    /// The distinct ones of these values.
    public init(arrayLiteral elements: Value...) { self.init(elements) }
}

extension Value.Entries: ExpressibleByDictionaryLiteral {
    /// The entries, no key twice.
    public init(dictionaryLiteral elements: (Value, Value)...) {
        self.init(Dictionary(uniqueKeysWithValues: elements))
    }
}

extension Array {
    /// Itself, if each is greater than the one before it.
    fileprivate func growing(by value: (Element) -> Value) -> [Element]? {
        zip(self, dropFirst()).allSatisfy { value($0) < value($1) } ? self : nil
    }
}

extension [Value] {
    /// Sorted; integers, of which large sets mostly consist, without a look at kinds.
    fileprivate var sortedForSets: [Value] {
        let integers = compactMap(\.int)
        return integers.count == count ? integers.sorted().map(Value.int) : sorted()
    }

    fileprivate var withoutRepetitions: [Value] {
        reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}
