/// Why a text is not a history, and where.
public struct HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The file cannot be read; the system's own words.
        case unreadable(String)
        /// There is nothing in it.
        case empty
        /// The text breaks off inside a value.
        case truncated
        /// A character that cannot stand here; what was expected instead.
        case unexpected(found: String, expected: String)
        /// A value of the wrong kind under a key of an event.
        case badField(key: String, expected: String, found: String)
        /// An event lacks a key that every event has.
        case missingField(String)
        /// Values nest deeper than any history does.
        case tooDeep(limit: Int)
        /// A number with a needless zero in front, which some readers take for an octal one.
        case leadingZero(String)
        /// A key of a map, or a member of a set, that stands there twice.
        case repeated(String, in: String)
        /// `null` in EDN, where it is a symbol that looks like JSON's word for no value.
        case nullInEDN
        /// A name that is no UTF-8.
        case notUTF8(String)
        /// A completion of a process that has no operation open.
        case completionWithoutInvocation(process: String)
        /// An invocation of a process whose last operation is still open.
        case invokedTwice(process: String)
        /// A completion names another operation than the one that is open.
        case completionOfAnother(process: String, invoked: String, completed: String)
        /// An index that does not grow, a repeated one for example.
        case indexNotGrowing(Int, after: Int)
        /// Keys were asked for, but a value is not a key and a value.
        case notKeyed(String)
        /// A completion names another key than its invocation did.
        case keyOfAnother(process: String, invoked: String, completed: String)
        /// Nothing tells whether values are pairs, or keys with values.
        case ambiguousKeys(String)
    }

    /// What is wrong.
    public let reason: Reason
    /// The file, where one is known.
    public var file: String?
    /// The line, from 1.
    public var line: Int?
    /// The column, from 1, in bytes.
    public var column: Int?

    /// An error at a place.
    public init(
        _ reason: Reason, file: String? = nil, line: Int? = nil, column: Int? = nil
    ) {
        self.reason = reason
        self.file = file
        self.line = line
        self.column = column
    }

    /// The place and what is wrong there.
    public var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self)
            .joined(separator: ":")
        return (place.isEmpty ? "" : place + ": ") + reason.description
    }
}

extension HistoryError.Reason: CustomStringConvertible {
    /// What is wrong and what to do about it, in one sentence.
    public var description: String {
        switch self {
        case .unreadable(let why): "cannot be read: \(why)"
        case .empty: "is empty: a history has at least one event"
        case .truncated:
            "breaks off inside an event: its writer was killed, or its disk was full"
        case .unexpected(let found, let expected): "found \(found) where \(expected) should stand"
        case .badField(let key, let expected, let found):
            "\(key) should be \(expected), but is \(found)"
        case .missingField(let key): "an event without \(key)"
        case .tooDeep(let limit): "values nest more than \(limit) deep; no history does"
        case .leadingZero(let text):
            "the number \(text) begins with a needless 0: neither EDN nor JSON has such numbers"
        case .repeated(let what, let collection):
            "\(what) stands twice in one \(collection)"
        case .nullInEDN: "found null, which is a symbol in EDN: write nil for no value"
        case .notUTF8(let what): "\(what) is a name that is no UTF-8"
        case .completionWithoutInvocation(let process):
            "process \(process) completes an operation that it has not invoked"
        case .invokedTwice(let process):
            "process \(process) invokes an operation while its last one is still open"
        case .completionOfAnother(let process, let invoked, let completed):
            "process \(process) invoked \(invoked), but completes \(completed)"
        case .indexNotGrowing(let index, let last):
            "the index \(index) follows \(last): indexes grow, and none stands twice"
        case .notKeyed(let value):
            "the value \(value) is not [key value]; is this history one of independent keys?"
        case .keyOfAnother(let process, let invoked, let completed):
            "process \(process) invoked an operation on key \(invoked), but completes one on "
                + "key \(completed)"
        case .ambiguousKeys(let value):
            "the value \(value) may be a pair, or a key with its value, and no operation tells: "
                + "say --keys independent if it has a key, --keys single if not"
        }
    }
}
