/// What a server answers.
public struct Reply: Hashable, Sendable {
    /// The request's number.
    public let number: UInt64
    /// What it says.
    public let body: Body

    /// What a reply says.
    public enum Body: Hashable, Sendable {
        /// The request has been carried out, with this result.
        case answer(Answer)
        /// Nothing has been or will be done.
        case refused(Refusal)
        /// Nobody can tell whether it has been, or will be, carried out.
        case unknown(String)
        /// What the server says of itself.
        case status(ServerStatus)
    }

    /// Why nothing is done.
    public enum Refusal: Hashable, Sendable {
        /// Another server leads: the one of this number, or nobody knows who.
        case notLeader(hint: UInt64?)
        /// The command was in the log, but another leader put its own there.
        case overwritten
        /// Leadership or members are being changed, or the server has too much to do.
        case busy(String)
        /// The request means nothing.
        case malformed(String)
    }

    /// A reply.
    public init(number: UInt64, _ body: Body) {
        self.number = number
        self.body = body
    }

    /// The reply in its frame.
    public var frame: [UInt8] { Frame.framed(write(to:)) }

    /// Appends the reply's bytes, without a frame.
    public func write(to writer: inout ByteWriter) {
        writer.put(number)
        switch body {
        case .answer(let answer):
            writer.put(0 as UInt8)
            answer.write(to: &writer)
        case .refused(.notLeader(let hint)):
            writer.put(1 as UInt8)
            writer.put(hint ?? 0)
        case .refused(.overwritten): writer.put(2 as UInt8)
        case .refused(.busy(let why)):
            writer.put(3 as UInt8)
            writer.put(Array(why.utf8))
        case .refused(.malformed(let why)):
            writer.put(4 as UInt8)
            writer.put(Array(why.utf8))
        case .status(let status):
            writer.put(5 as UInt8)
            status.write(to: &writer)
        case .unknown(let why):
            writer.put(6 as UInt8)
            writer.put(Array(why.utf8))
        }
    }

    /// The reply of a frame's content.
    ///
    /// - Throws: ``WireError`` if it is none.
    public init(_ content: ArraySlice<UInt8>) throws(WireError) {
        var reader = ByteReader(content)
        number = try reader.take()
        switch try reader.take(UInt8.self) {
        case 0: body = .answer(try Answer(from: &reader))
        case 1:
            let hint = try reader.take(UInt64.self)
            body = .refused(.notLeader(hint: hint == 0 ? nil : hint))
        case 2: body = .refused(.overwritten)
        case 3: body = .refused(.busy(try Self.takeText(from: &reader)))
        case 4: body = .refused(.malformed(try Self.takeText(from: &reader)))
        case 5: body = .status(try ServerStatus(from: &reader))
        case 6: body = .unknown(try Self.takeText(from: &reader))
        case let kind: throw .unknownKind("reply", kind)
        }
        try reader.finish()
    }

    private static func takeText(from reader: inout ByteReader) throws(WireError) -> String {
        String(decoding: try reader.takeString(atMost: 65_536), as: UTF8.self)
    }
}

/// What carrying out a command or a read gave.
public enum Answer: Hashable, Sendable {
    /// It was done.
    case done
    /// What the key holds.
    case value(StoredValue?)
    /// The number after an addition.
    case number(Int64)
    /// Something else was there than what was expected, or the lock is not the caller's.
    case mismatch
    /// The key holds something of another kind.
    case wrongKind
    /// The session that was opened.
    case session(UInt64)
    /// The session is not known any more, so nobody can tell whether the command was applied.
    case sessionExpired
    /// A command of the session that is older than the last one, whose answer is forgotten.
    case stale
    /// The list is as long as a list may be.
    case full

    /// Appends the answer's bytes.
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .done: writer.put(0 as UInt8)
        case .value(let value):
            writer.put(1 as UInt8)
            writer.put(value != nil)
            value?.write(to: &writer)
        case .number(let number):
            writer.put(2 as UInt8)
            writer.put(number)
        case .mismatch: writer.put(3 as UInt8)
        case .wrongKind: writer.put(4 as UInt8)
        case .session(let session):
            writer.put(5 as UInt8)
            writer.put(session)
        case .sessionExpired: writer.put(6 as UInt8)
        case .stale: writer.put(7 as UInt8)
        case .full: writer.put(8 as UInt8)
        }
    }

    /// Takes an answer.
    ///
    /// - Throws: ``WireError`` if there is none.
    public init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.take(UInt8.self) {
        case 0: self = .done
        case 1: self = .value(try reader.takeFlag() ? try StoredValue(from: &reader) : nil)
        case 2: self = .number(try reader.take())
        case 3: self = .mismatch
        case 4: self = .wrongKind
        case 5: self = .session(try reader.take())
        case 6: self = .sessionExpired
        case 7: self = .stale
        case 8: self = .full
        case let kind: throw .unknownKind("answer", kind)
        }
    }
}

/// What a key can hold.
public enum StoredValue: Hashable, Sendable {
    /// No list has more elements.
    public static let mostElements = 1 << 16
    /// No list has more bytes, each element's length included, so that it fits into a frame.
    public static let mostListBytes = 8 << 20

    /// Bytes.
    case bytes([UInt8])
    /// Elements, in the order of their appending.
    case list([[UInt8]])
    /// A number.
    case number(Int64)
    /// A lock that somebody holds.
    case heldBy(UInt64)

    /// Appends the value's bytes.
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .bytes(let bytes):
            writer.put(0 as UInt8)
            writer.put(bytes)
        case .list(let elements):
            writer.put(1 as UInt8)
            writer.put(UInt32(elements.count))
            for element in elements { writer.put(element) }
        case .number(let number):
            writer.put(2 as UInt8)
            writer.put(number)
        case .heldBy(let owner):
            writer.put(3 as UInt8)
            writer.put(owner)
        }
    }

    /// Takes a value.
    ///
    /// - Throws: ``WireError`` if there is none.
    public init(from reader: inout ByteReader) throws(WireError) {
        switch try reader.take(UInt8.self) {
        case 0: self = .bytes(try reader.takeString(atMost: Call.mostValueBytes))
        case 1:
            let count = Int(try reader.take(UInt32.self))
            guard count <= Self.mostElements else {
                throw .tooLong(count, most: Self.mostElements)
            }
            var elements: [[UInt8]] = []
            for _ in 0..<count {
                elements.append(try reader.takeString(atMost: Call.mostValueBytes))
            }
            self = .list(elements)
        case 2: self = .number(try reader.take())
        case 3: self = .heldBy(try reader.take())
        case let kind: throw .unknownKind("value", kind)
        }
    }
}
