/// What a client sends.
public struct Request: Hashable, Sendable {
    /// Comes back in the reply; a client may have many requests on the way.
    public let number: UInt64
    /// What it wants.
    public let body: Body

    /// What a request wants.
    public enum Body: Hashable, Sendable {
        /// Something for the log; a follower refuses or forwards it.
        case command(Command, Route)
        /// A key's value, without the log.
        case read(key: [UInt8], Consistency)
        /// What the server says of itself.
        case status
        /// Other members; everybody by number.
        case changeMembers(voters: [UInt64], learners: [UInt64])
        /// Another leader.
        case transferLeadership(to: UInt64)
        /// One more server that gets the log, without a vote.
        case addMember(UInt64)
        /// A vote for a server that gets the log.
        case promoteMember(UInt64)
        /// One server less.
        case removeMember(UInt64)
    }

    /// What a server that does not lead does with a command.
    public enum Route: UInt8, Sendable {
        /// Says who leads, as far as it knows.
        case refuse = 0
        /// Sends it there.
        case forward = 1
    }

    /// How fresh a value must be.
    public enum Consistency: UInt8, Sendable {
        /// At least as new as everything that was acknowledged when the read began.
        case linearizable = 0
        /// Whatever this server has applied.
        case local = 1
    }

    /// A request.
    public init(number: UInt64, _ body: Body) {
        self.number = number
        self.body = body
    }

    /// The request in its frame.
    public var frame: [UInt8] {
        Frame.framed { writer in
            writer.put(number)
            switch body {
            case .command(let command, let route):
                writer.put(0 as UInt8)
                writer.put(route.rawValue)
                command.write(to: &writer)
            case .read(let key, let consistency):
                writer.put(1 as UInt8)
                writer.put(consistency.rawValue)
                writer.put(key)
            case .status: writer.put(2 as UInt8)
            case .changeMembers(let voters, let learners):
                writer.put(3 as UInt8)
                Self.put(voters, to: &writer)
                Self.put(learners, to: &writer)
            case .transferLeadership(let target):
                writer.put(4 as UInt8)
                writer.put(target)
            case .addMember(let member):
                writer.put(5 as UInt8)
                writer.put(member)
            case .promoteMember(let member):
                writer.put(6 as UInt8)
                writer.put(member)
            case .removeMember(let member):
                writer.put(7 as UInt8)
                writer.put(member)
            }
        }
    }

    /// The request of a frame's content.
    ///
    /// - Throws: ``WireError`` if it is none.
    public init(_ content: ArraySlice<UInt8>) throws(WireError) {
        var reader = ByteReader(content)
        number = try reader.take()
        switch try reader.take(UInt8.self) {
        case 0:
            let route = try reader.take(UInt8.self)
            guard let route = Route(rawValue: route) else { throw .unknownKind("route", route) }
            body = .command(try Command(from: &reader), route)
        case 1:
            let kind = try reader.take(UInt8.self)
            guard let consistency = Consistency(rawValue: kind) else {
                throw .unknownKind("consistency", kind)
            }
            body = .read(key: try reader.takeString(atMost: Call.mostKeyBytes), consistency)
        case 2: body = .status
        case 3:
            let voters = try Self.takeNumbers(from: &reader)
            body = .changeMembers(voters: voters, learners: try Self.takeNumbers(from: &reader))
        case 4: body = .transferLeadership(to: try reader.take())
        case 5: body = .addMember(try reader.take())
        case 6: body = .promoteMember(try reader.take())
        case 7: body = .removeMember(try reader.take())
        case let kind: throw .unknownKind("request", kind)
        }
        try reader.finish()
    }

    static func put(_ numbers: [UInt64], to writer: inout ByteWriter) {
        writer.put(UInt8(numbers.count))
        for number in numbers { writer.put(number) }
    }

    static func takeNumbers(from reader: inout ByteReader) throws(WireError) -> [UInt64] {
        var numbers: [UInt64] = []
        for _ in 0..<(try reader.take(UInt8.self)) { numbers.append(try reader.take()) }
        return numbers
    }
}
