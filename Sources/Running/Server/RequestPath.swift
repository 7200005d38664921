/// The path of a request, taken apart and found harmless, or refused.
///
/// Each part is decoded once. What could name anything but an entry of the folder before it is
/// refused here, whatever its spelling: dots, an encoded slash, a NUL, a hidden name.
struct RequestPath: Hashable {
    private static let longest = 4_096

    /// The names from the folder that is served downwards.
    let components: [String]
    /// Whether it ends in a slash, as folders do.
    let isFolder: Bool

    /// Takes a request's path without its query apart; nil if nothing of that name can be served.
    init?(_ raw: some StringProtocol) {
        let bytes = Array(raw.utf8)
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= Self.longest else { return nil }
        var parts = bytes.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        isFolder = parts.last?.isEmpty == true
        if isFolder { parts.removeLast() }
        var components: [String] = []
        for part in parts {
            guard let name = Self.decoded(part), Self.isHarmless(name) else { return nil }
            components.append(name)
        }
        self.components = components
    }

    /// The path below the folder.
    var description: String { components.joined(separator: "/") }

    private static func isHarmless(_ name: String) -> Bool {
        !name.isEmpty && name.first != "." && name.utf8.count <= 255
            && !name.utf8.contains { $0 < 0x20 || $0 == 0x7f || $0 == UInt8(ascii: "/") }
            && !name.contains("\\")
    }

    /// What percent signs stand for; nil for what is no UTF-8, or no such sign.
    private static func decoded(_ part: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = part
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit),
                let low = rest.popFirst().flatMap(digit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension RequestPath: CustomStringConvertible {}
