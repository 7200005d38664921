/// What a client wants of a key.
///
/// A key holds bytes, a list, a number or a lock, as its first call makes it; a call of another
/// kind is answered by ``Answer/wrongKind``.
public enum Call: Hashable, Sendable {
    /// No key is longer, in bytes.
    public static let mostKeyBytes = 1_024
    /// No value is longer, in bytes.
    public static let mostValueBytes = 1 << 20

    /// What is there.
    case read
    /// Puts bytes there.
    case write([UInt8])
    /// Puts bytes there if these are there now; nil where nothing is.
    case compareAndSet(expected: [UInt8]?, new: [UInt8])
    /// Puts an element at the end of the list.
    case append([UInt8])
    /// Adds to the number, which begins at 0; wraps around.
    case add(Int64)
    /// Takes the lock, unless somebody holds it: the same owner, too.
    case acquire(owner: UInt64)
    /// Gives the lock back, if the owner holds it.
    case release(owner: UInt64)

    /// Whether it changes anything.
    public var isRead: Bool { self == .read }

    private var kind: UInt8 {
        switch self {
        case .read: 0
        case .write: 1
        case .compareAndSet: 2
        case .append: 3
        case .add: 4
        case .acquire: 5
        case .release: 6
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(kind)
        switch self {
        case .read: break
        case .write(let value), .append(let value): writer.put(value)
        case .compareAndSet(let expected, let new):
            writer.put(expected)
            writer.put(new)
        case .add(let number): writer.put(number)
        case .acquire(let owner), .release(let owner): writer.put(owner)
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let most = Self.mostValueBytes
        switch try reader.take(UInt8.self) {
        case 0: self = .read
        case 1: self = .write(try reader.takeString(atMost: most))
        case 2:
            let expected = try reader.takeOptionalString(atMost: most)
            self = .compareAndSet(
                expected: expected, new: try reader.takeString(atMost: most))
        case 3: self = .append(try reader.takeString(atMost: most))
        case 4: self = .add(try reader.take())
        case 5: self = .acquire(owner: try reader.take())
        case 6: self = .release(owner: try reader.take())
        case let kind: throw .unknownKind("call", kind)
        }
    }
}

/// A command as it stands in the log: a call on a key, in a session or not.
public enum Command: Hashable, Sendable {
    /// Opens a session; its name is the index of this command in the log.
    case openSession
    /// A call; with a stamp it is applied once, however often it is sent.
    case call(key: [UInt8], Call, Stamp?)

    /// Which command of which session it is (dissertation §6.3).
    public struct Stamp: Hashable, Sendable {
        /// The session.
        public let session: UInt64
        /// Counts the session's commands; one at a time.
        public let sequence: UInt64

        /// A command of a session.
        public init(session: UInt64, sequence: UInt64) {
            self.session = session
            self.sequence = sequence
        }
    }

    /// The command's bytes.
    public var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 128)
        write(to: &writer)
        return writer.bytes
    }

    /// The command of some bytes.
    ///
    /// - Throws: ``WireError`` if they are none.
    public init(_ bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes)
        self = try Command(from: &reader)
        try reader.finish()
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .openSession: writer.put(0 as UInt8)
        case .call(let key, let call, let stamp):
            writer.put(stamp == nil ? 1 as UInt8 : 2)
            if let stamp {
                writer.put(stamp.session)
                writer.put(stamp.sequence)
            }
            writer.put(key)
            call.write(to: &writer)
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let kind = try reader.take(UInt8.self)
        var stamp: Stamp?
        switch kind {
        case 0:
            self = .openSession
            return
        case 1: break
        case 2:
            let session = try reader.take(UInt64.self)
            stamp = Stamp(session: session, sequence: try reader.take())
        default: throw .unknownKind("command", kind)
        }
        let key = try reader.takeString(atMost: Call.mostKeyBytes)
        self = .call(key: key, try Call(from: &reader), stamp)
    }
}
