import Foundation
import Testing
import Topologies

@Suite struct `Names and addresses` {
    @Test(arguments: [
        ("10.77.0.254", 0x0a4d_00fe), ("0.0.0.0", 0), ("255.255.255.255", 0xffff_ffff),
    ])
    func `an address reads and writes its dotted form`(text: String, number: Int) {
        #expect(IPv4Address(text)?.number == UInt32(number))
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: ["", "10.0.0", "10.0.0.256", "10.0.0.0.1", "a.b.c.d", "10..0.1"])
    func `what is no address is none`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test func `a node, a link and an address are JSON strings, and read back`() throws {
        struct Stored: Codable, Equatable {
            var node = NodeName(number: 12)
            var link = Link(from: .clients, to: NodeName(number: 2))
            var counts = [NodeName(number: 3): 4]
            var address = IPv4Address(number: 0x0a4d_0001)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = try encoder.encode(Stored())
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"address":"10.77.0.1","counts":{"n3":4},"link":"clients>n2","node":"n12"}"#)
        #expect(try JSONDecoder().decode(Stored.self, from: bytes) == Stored())
    }

    @Test(arguments: ["", "n", "n0", "n-1", "n01", "N1", "1", "n1>n2", "n99999999999999999999"])
    func `what names no node is refused`(text: String) {
        #expect(NodeName(text) == nil)
        let json = Data("[\"\(text)\"]".utf8)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([NodeName].self, from: json)
        }
    }

    @Test(arguments: ["", "n1", "n1>", ">n2", "n1>n2>n3", "n1 > n2"])
    func `what is no link is refused`(text: String) {
        #expect(Link(text) == nil)
    }
}
