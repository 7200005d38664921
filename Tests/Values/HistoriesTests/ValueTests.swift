import Histories
import Testing

@Suite struct `A value is what it is` {
    /// The value of a history's only operation.
    private func read(_ bytes: [UInt8]) throws -> Value {
        let text =
            Array("{:process 0, :type :invoke, :f :write, :value ".utf8) + bytes + Array("}".utf8)
        return try #require(History(bytes: text).operations.first).input
    }

    private func read(_ text: String) throws -> Value { try read(Array(text.utf8)) }

    private func readJSON(_ text: String) throws -> Value {
        let line = "{\"process\": 0, \"type\": \"invoke\", \"f\": \"write\", \"value\": \(text)}"
        return try #require(History(text: line).operations.first).input
    }

    @Test func `maps and sets are equal in whatever order they were written`() throws {
        #expect(try read("{:b 1, :a 2}") == read("{:a 2, :b 1}"))
        #expect(try read("{:b 1, :a 2}").hashValue == read("{:a 2, :b 1}").hashValue)
        #expect(try read("#{1 2}") == read("#{2 1}"))
        #expect(try read("[{:b #{2 \"x\" nil} :a 2}]") == read("[{:a 2 :b #{nil \"x\" 2}}]"))
        #expect(try readJSON("{\"b\": 1, \"a\": 2}") == readJSON("{\"a\": 2, \"b\": 1}"))
        #expect(try read("{:a 1}") != read("{:a 2}"))
        #expect(try read("#{1 2}") != read("#{1 3}"))
        #expect(try read("#{1 2}") != read("[1 2]"))
    }

    @Test func `text is equal only byte by byte`() throws {
        let composed = try read("\"\u{e1}\"")
        let decomposed = try read("\"a\u{301}\"")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect("\(composed)" != "\(decomposed)")
        #expect(try read("\"a\\u0301\"") == decomposed)
        #expect(try read(":\u{e1}") != read(":a\u{301}"))
        #expect(try readJSON("\"\\u00e1\"") == composed)
    }

    @Test func `bytes that are no UTF-8 are kept, each one of them`() throws {
        let quote = UInt8(ascii: "\"")
        let texts: [[UInt8]] = [
            [0xff], [0xfe], [0xc3], [0xef, 0xbf, 0xbd], [0xed, 0xa0, 0x80], [0xed, 0xa0, 0x81],
            [0xf4, 0x8f, 0xbb, 0xbf], [0xf4, 0x8f, 0xbb], [],
        ]
        let values = try texts.map { try read([quote] + $0 + [quote]) }
        #expect(Set(values).count == texts.count)
        #expect(Set(values.map { "\($0)" }).count == texts.count)
        for (value, text) in zip(values, texts) {
            #expect(value == .string(Text(bytes: text)))
            #expect(Text(bytes: text).bytes == text)
            var written: [UInt8] = []
            written.append(edn: value)
            #expect(try read(written) == value)
        }
    }

    @Test func `lone surrogates of JSON are told from each other`() throws {
        let values = try ["\\ud800", "\\ud801", "\\udc00", "\\ufffd", "\\ud83d\\ude00"]
            .map { try readJSON("\"\($0)\"") }
        #expect(Set(values).count == 5)
        #expect(values[4] == "\u{1f600}")
        #expect(try readJSON("\"\\ud800x\"") != readJSON("\"\\ud801x\""))
    }

    @Test func `text that is joined is the text of the joined bytes`() {
        let halves = (Text(bytes: [0xc3]), Text(bytes: [0xa9]))
        #expect(halves.0 + halves.1 == Text("\u{e9}"))
        #expect((halves.0 + halves.1).count == 2)
        #expect(Text("\u{e9}x").hasPrefix(halves.0))
        #expect(!Text("e\u{301}").hasPrefix(Text("\u{e9}")))
    }

    @Test func `a text begins with another where its bytes do, whole characters or not`() {
        // Halves of characters, and the beginning of the plane that stands for them.
        let alphabet: [UInt8] = [0x61, 0xc3, 0xa9, 0xf4, 0x8f]
        var texts: [[UInt8]] = [[]]
        for _ in 0..<3 {
            texts += texts.flatMap { text in alphabet.map { text + [$0] } }
        }
        for text in Set(texts) {
            for other in Set(texts) {
                #expect(
                    Text(bytes: text).hasPrefix(Text(bytes: other)) == text.starts(with: other),
                    "\(text), \(other)")
            }
        }
    }

    @Test func `a tagged value is not the value without its tag`() throws {
        #expect(try read("#inst \"x\"") != read("\"x\""))
        #expect(try read("#inst \"x\"") != read("#uuid \"x\""))
        #expect(try read("#inst \"x\"") == read("#inst\"x\""))
    }

    @Test func `a number keeps what it says beyond 64 bits and beyond a double`() throws {
        let numbers = try [
            "9223372036854775807", "9223372036854775808", "9223372036854775809",
            "-9223372036854775809", "0.1", "0.10000000000000000001", "1.5", "1.5M", "1", "1.0",
            "1M", "1e400", "1e401", "1e-400", "0.0", "-0.0", "1/3", "##NaN", "##Inf",
        ].map { try read($0) }
        #expect(Set(numbers).count == numbers.count)
        #expect(try read("1.50") == read("15e-1"))
        #expect(try read("1.50M") == read("1.5M"))
        #expect(try read("7N") == read("7"))
        #expect(try read("##NaN") == read("##NaN"))
        #expect(try read("18446744073709551616N") == read("18446744073709551616"))
        #expect(try readJSON("18446744073709551616") == read("18446744073709551616"))
    }

    @Test func `what EDN discards is no value`() throws {
        #expect(try read("[1 #_ 2 #_[3 4]]") == [1])
        #expect(try read("#_ 7 8") == 8)
        #expect(try read("{:a #_1 2 #_:b}") == .map([.keyword("a"): 2]))
    }

    @Test func `characters are kept by their spelling, brackets too`() throws {
        #expect(
            try read("[\\a \\( \\\" \\newline]") == [
                .symbol("\\a"), .symbol("\\("), .symbol("\\\""), .symbol("\\newline"),
            ])
    }

    @Test func `values have one order, whatever they are`() {
        let values: [Value] = [
            .null, .bool(true), 3, .double(0.5), .number("1e400"), "b", "a", .keyword("k"),
            [1, 2], [1], .set([1]), .map([1: 2]), .tagged("t", 1), .double(.nan), .double(-0.0),
        ]
        let sorted = values.sorted()
        for (place, value) in sorted.enumerated() {
            for later in sorted[(place + 1)...] {
                #expect(value < later && !(later < value), "\(value), \(later)")
            }
        }
    }
}
