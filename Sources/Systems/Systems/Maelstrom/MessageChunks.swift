/// Messages of any length as datagrams that fit into one packet each, and back.
///
/// A datagram that is lost takes its message with it: nothing is repeated. A value without a
/// socket, so that every order of arrival can be tested.
struct MessageChunks: Sendable {
    /// Bytes of a message in a datagram: with all headers it fits into an Ethernet frame, so that
    /// the network drops whole datagrams and never a part of one.
    static let mostPayload = 1_400
    /// No message is longer.
    static let mostBytes = 16_777_216
    /// Messages of which some parts have not come; when there are more, the oldest is given up.
    static let mostIncomplete = 256

    /// Messages that were given up because a part was lost.
    private(set) var lost = 0

    private struct Key: Hashable {
        let source: UInt32
        let number: UInt64
    }

    private struct Incomplete {
        var parts: [[UInt8]?]
        var missing: Int
        var age: Int
    }

    private var incomplete: [Key: Incomplete] = [:]
    private var arrivals = 0
    private static let headerBytes = 16

    /// The datagrams of a message; its number differs from those of the sender's other messages.
    static func datagrams(of message: [UInt8], number: UInt64) -> [[UInt8]] {
        let count = max(1, (message.count + mostPayload - 1) / mostPayload)
        return (0..<count).map { place in
            let part = message.dropFirst(place * mostPayload).prefix(mostPayload)
            return bytes(of: number) + bytes(of: UInt32(place)) + bytes(of: UInt32(count)) + part
        }
    }

    /// Takes a datagram from a sender.
    ///
    /// - Returns: the message that it completes; nil if there is more to come, or if it is none.
    mutating func take(_ datagram: [UInt8], from source: UInt32) -> [UInt8]? {
        guard datagram.count >= Self.headerBytes else { return nil }
        let number: UInt64 = Self.integer(datagram[0..<8])
        let place = Int(Self.integer(datagram[8..<12]) as UInt32)
        let count = Int(Self.integer(datagram[12..<16]) as UInt32)
        let part = Array(datagram.dropFirst(Self.headerBytes))
        guard count > 0, count <= Self.mostBytes / Self.mostPayload, place < count else {
            return nil
        }
        if count == 1 { return part }
        let key = Key(source: source, number: number)
        var message =
            incomplete[key]
            ?? Incomplete(parts: Array(repeating: nil, count: count), missing: count, age: 0)
        guard message.parts.count == count, message.parts[place] == nil else { return nil }
        arrivals += 1
        message.parts[place] = part
        message.missing -= 1
        message.age = arrivals
        if message.missing == 0 {
            incomplete[key] = nil
            return Array(message.parts.compactMap(\.self).joined())
        }
        incomplete[key] = message
        giveUpOldest()
        return nil
    }

    private mutating func giveUpOldest() {
        guard incomplete.count > Self.mostIncomplete,
            let oldest = incomplete.min(by: { $0.value.age < $1.value.age })
        else { return }
        incomplete[oldest.key] = nil
        lost += 1
    }

    private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func integer<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
        bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
