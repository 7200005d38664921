extension Double {
    /// With so many digits behind the point; `-` where it is no number that anybody could read.
    public func fixed(_ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (abs(self) * scale).rounded()
        guard scaled < 9e18 else { return "-" }
        let rounded = Int(scaled)
        let whole = rounded / Int(scale)
        let sign = self < 0 && rounded > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(rounded % Int(scale))
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.count)
            + fraction
    }
}

extension Double {
    /// A stretch of time in seconds, with the digits that say something: `2.19 s`, `46 ms`,
    /// `0.4 ms`.
    public var spanWords: String {
        switch abs(self) {
        case ..<0.000_05: "less than 0.1 ms"
        case ..<0.009_95: "\((self * 1_000).fixed(1)) ms"
        case ..<0.099_5: "\((self * 1_000).fixed(0)) ms"
        default: "\(fixed(2)) s"
        }
    }
}

extension Int {
    /// The sum, or the nearest number that there is.
    public func addingSaturating(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    /// The whole number nearest to a real one, within what there is; 0 for what is no number.
    public init(saturating number: Double) {
        if number.isNaN {
            self = 0
        } else if number >= 9.2e18 {
            self = .max
        } else if number <= -9.2e18 {
            self = .min
        } else {
            self = Int(number)
        }
    }

    /// With commas between thousands.
    public var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}
