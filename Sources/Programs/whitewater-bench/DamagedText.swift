import Generators
import Histories

/// Makes a text that a reader knows, and damages it: bytes, tokens and lines are dropped, doubled,
/// swapped and replaced by others that mean something there.
struct DamagedText {
    /// What the text was before.
    enum Kind: CaseIterable {
        case edn, json, log, plan
    }

    private var random: SplitMix64

    init(random: SplitMix64) { self.random = random }

    /// A text with up to eight damages, one in ten without any.
    mutating func text(of kind: Kind) -> [UInt8] {
        var bytes = kind == .plan ? plan() : history(kind)
        guard below(10) > 0 else { return bytes }
        for _ in 0...below(8) { damage(&bytes, kind) }
        return bytes
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    // MARK: Whole texts

    private mutating func history(_ kind: Kind) -> [UInt8] {
        let count = 1 + below(12)
        var open: [Int: String] = [:]
        var text: [UInt8] = kind != .log && below(6) == 0 ? [UInt8(ascii: "[")] : []
        let isWrapped = !text.isEmpty
        for index in 0..<count {
            let process = below(3)
            let function = open[process] ?? pick(["read", "write", "cas", "add"])
            let type = open[process] == nil ? "invoke" : pick(["ok", "fail", "info"])
            open[process] = open[process] == nil ? function : nil
            let value = pick([
                "nil", "1", "[1 2]", "[3 nil]", "\"a\\u0041\"", "#{1 2}", "-7", "1.5e3",
                "{:b 1, :a #{2 \"x\"}}", "#inst \"2024\"", "18446744073709551616", "0.10M",
                "\"\\ud800\"", "\\(", "[#_1 2]",
            ])
            switch kind {
            case .edn, .plan:
                text += Array(
                    "{:index \(index), :time \(index * 10), :type :\(type), :process \(process), :f :\(function), :value \(value)}\n"
                        .utf8)
            case .json:
                let json = value == "nil" ? "null" : value.contains("[") ? "[1, null]" : "1"
                text += Array(
                    "{\"index\": \(index), \"type\": \"\(type)\", \"process\": \(process), \"f\": \"\(function)\", \"value\": \(json)}\n"
                        .utf8)
                if isWrapped, index < count - 1 { text.append(UInt8(ascii: ",")) }
            case .log:
                text += Array(
                    "INFO  jepsen.util - \(process)\t:\(type)\t:\(function)\t\(value)\n".utf8)
            }
        }
        if isWrapped { text.append(UInt8(ascii: "]")) }
        return text
    }

    private mutating func plan() -> [UInt8] {
        Array(
            """
            name: fuzz
            system: {name: etcd, election-timeout: 300ms}
            nodes: \(below(9))
            workload:
              name: register
              mix: {read: 2, write: 1}
            concurrency: \(pick(["2n", "10", "x"]))
            time-limit: \(pick(["60s", "2m", "1h", "-1s"]))
            faults:
              kinds: [halves, \(pick(["kill", "pause", "flaky", "kil"]))]
              every: 5s
              rate: 1mbit
            """.utf8)
    }

    // MARK: Damage

    private static let tokens = [
        "{", "}", "[", "]", "(", ")", "#{", "#_", "#x", ":", ",", "\"", "\\", "nil", "null",
        ":type",
        ":invoke", ":ok", "-", "+", "##Inf", "1e999", "99999999999999999999", "0x1", "\\u12", ";",
        "\n", "\r\n", "\t", "\u{0}", "\u{feff}", "é", "- ", ": ", "&a", "*a", "!!int", "|", ">",
        "'", "%", "~",
    ]

    private mutating func damage(_ bytes: inout [UInt8], _ kind: Kind) {
        let place = below(bytes.count + 1)
        let end = min(bytes.count, place + 1 + below(12))
        switch below(9) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 2: bytes.insert(contentsOf: pick(Self.tokens).utf8, at: place)
        case 3: bytes.replaceSubrange(place..<end, with: pick(Self.tokens).utf8)
        case 4: if place < bytes.count { bytes[place] = UInt8(below(256)) }
        case 5: bytes.removeSubrange(place...)
        case 6:
            let nested = Array(
                repeating: Array(pick(["[", "{:a ", "(", "#{", "[["]).utf8), count: below(3_000))
            bytes.insert(contentsOf: nested.joined(), at: place)
        case 7: bytes.insert(contentsOf: history(pick(Kind.allCases)).prefix(200), at: place)
        default: bytes.reverse(place, end)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func reverse(_ start: Int, _ end: Int) {
        replaceSubrange(start..<end, with: self[start..<end].reversed())
    }
}
