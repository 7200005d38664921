import Testing
import Topologies

@testable import Netfilter

@Suite struct `Rules in the kernel's layout` {
    @Test func `a drop between two addresses is 152 bytes`() throws {
        let rule = Rule(from: IPv4Address("10.0.0.1"), to: IPv4Address("10.0.0.2"), .drop)
        let bytes = RuleEntry(rule).bytes
        // 112 bytes of ipt_entry, 32 of xt_entry_target, 4 of the verdict, padded to 8.
        #expect(bytes.count == 152)
        #expect(
            Array(bytes[0..<16]) == [10, 0, 0, 1, 10, 0, 0, 2] + [UInt8](repeating: 255, count: 8))
        #expect(bytes[88...91].elementsEqual([112, 0, 152, 0]), "target and next offsets")
        #expect(bytes[114..<118].elementsEqual("DROP".utf8))
        #expect(bytes[118...].allSatisfy { $0 == 0 }, "padding is zeroed")
    }

    @Test func `a UDP port adds a match before the target`() {
        let bytes = RuleEntry(Rule(udpPort: 7, .goBack)).bytes
        #expect(bytes.count == 112 + 48 + 40)
        #expect(bytes[80] == 17, "protocol UDP")
        #expect(bytes[114..<117].elementsEqual("udp".utf8))
        #expect(bytes[144..<152].elementsEqual([0, 0, 255, 255, 7, 0, 7, 0]), "source and port")
        #expect(bytes[162..<168].elementsEqual("RETURN".utf8))
    }
}
