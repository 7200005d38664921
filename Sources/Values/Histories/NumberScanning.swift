extension Scanner {
    /// Reads the number under the cursor, or a symbol that begins like one.
    ///
    /// What fits into 64 bits is an integer, what a `Double` holds exactly is one; everything else
    /// keeps its digits.
    mutating func number() throws(HistoryError) -> Value {
        let start = position
        if let number = integer() { return .int(number) }
        position = start
        let word = try word()
        let text = "\(word)"
        let isWhole = text.hasSuffix("N")
        let isDecimal = text.hasSuffix("M")
        let spelling = isWhole || isDecimal ? text.dropLast() : text[...]
        guard let digits = Digits(spelling), !isWhole || digits.isInteger else {
            return .symbol(word)
        }
        guard !digits.hasLeadingZero else { throw failure(.leadingZero(text), at: start) }
        if isDecimal { return .number(Text(digits.real + "M")) }
        if digits.isInteger {
            return Int(spelling).map(Value.int) ?? .number(Text(digits.integer))
        }
        if let number = Double(spelling), Digits("\(number)"[...])?.real == digits.real {
            return .double(number)
        }
        return .number(Text(digits.real))
    }

    /// Reads an integer that ends where the word ends; nil (the cursor anywhere) if it is none.
    @inline(__always)
    mutating func integer() -> Int? {
        let negative = take(Byte.minus)
        let start = position
        var number = 0
        while position < bytes.count {
            let digit = bytes[position] &- Byte.zero
            guard digit < 10 else { break }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeSum) = product.addingReportingOverflow(Int(digit))
            guard !tooLarge, !tooLargeSum else { return nil }
            number = sum
            position += 1
        }
        guard position > start, position == bytes.count || !Byte.isWord(bytes[position])
        else { return nil }
        // Clojure reads `017` as fifteen; neither EDN nor JSON knows it.
        if bytes[start] == Byte.zero, position - start > 1 { return nil }
        return negative ? -number : number
    }
}

/// A number as it is written: a sign, digits, and by which power of ten they count.
private struct Digits {
    private var sign = ""
    private var digits: Substring
    private var exponent = 0
    private(set) var isInteger = true
    private(set) var hasLeadingZero = false

    /// Nil if the text is no number, or its exponent is beyond 64 bits.
    init?(_ text: Substring) {
        var rest = text
        if let first = rest.first, first == "-" || first == "+" {
            if first == "-" { sign = "-" }
            rest.removeFirst()
        }
        let whole = rest.prefix(while: \.isDigit)
        rest = rest.dropFirst(whole.count)
        guard !whole.isEmpty else { return nil }
        hasLeadingZero = whole.count > 1 && whole.first == "0"
        digits = whole
        if rest.first == "." {
            isInteger = false
            let fraction = rest.dropFirst().prefix(while: \.isDigit)
            rest = rest.dropFirst(1 + fraction.count)
            digits += fraction
            exponent = -fraction.count
        }
        if let first = rest.first, first == "e" || first == "E" {
            isInteger = false
            guard let power = Int(rest.dropFirst()) else { return nil }
            let (sum, isTooLarge) = exponent.addingReportingOverflow(power)
            guard !isTooLarge, sum.magnitude < 1 << 62 else { return nil }
            exponent = sum
            rest = ""
        }
        guard rest.isEmpty else { return nil }
    }

    /// The digits of a whole number.
    var integer: String { sign + digits }

    /// The digits from the first to the last that counts, and their power of ten: the same for
    /// equal numbers.
    var real: String {
        let significant = digits.drop { $0 == "0" }
        let zeros = significant.reversed().prefix { $0 == "0" }.count
        guard significant.count > zeros else { return sign + "0e0" }
        return sign + significant.dropLast(zeros) + "e\(exponent + zeros)"
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
