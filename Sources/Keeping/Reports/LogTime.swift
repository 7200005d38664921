/// The time of day that a line of a log bears: `2026-11-21T02:23:12.260Z`, wherever it stands.
///
/// Logs have megabytes: this looks at each byte of a line's beginning once or twice, and allocates
/// nothing.
package struct LogTime {
    /// A time stands near the beginning of a line; in bytes.
    private static let most = 400
    /// The bytes of `2026-11-21T02:23:12`.
    private static let length = 19

    /// Seconds since 1970.
    package let seconds: Double

    /// The time of a line, UTC unless it names another zone; nil if it bears none.
    package init?(in line: Substring) {
        let found = line.utf8.prefix(Self.most).withContiguousStorageIfAvailable {
            Self.seconds(in: $0)
        }
        // Only strings from other languages are not contiguous.
        guard
            let seconds = found
                ?? Array(line.utf8.prefix(Self.most)).withUnsafeBufferPointer({
                    Self.seconds(in: $0)
                })
        else { return nil }
        self.seconds = seconds
    }

    private static func seconds(in bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard bytes.count >= length else { return nil }
        return (0...(bytes.count - length)).lazy.compactMap { seconds(in: bytes, at: $0) }.first
    }

    private static func seconds(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Double? {
        func has(_ offset: Int, _ sign: Character) -> Bool {
            bytes[start + offset] == sign.asciiValue
        }
        guard has(4, "-"), has(7, "-"), has(10, "T") || has(10, " "), has(13, ":"), has(16, ":"),
            let year = number(in: bytes, start, 4), let month = number(in: bytes, start + 5, 2),
            let day = number(in: bytes, start + 8, 2), let hour = number(in: bytes, start + 11, 2),
            let minute = number(in: bytes, start + 14, 2),
            let second = number(in: bytes, start + 17, 2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var end = start + length
        var (fraction, unit) = (0.0, 1.0)
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
            end += 1
            while let digit = number(in: bytes, end, 1) {
                unit /= 10
                fraction += Double(digit) * unit
                end += 1
            }
        }
        let clock = Double(hour * 3_600 + minute * 60 + second) + fraction
        return Double(days(year, month, day) * 86_400) + clock - zone(in: bytes, at: end)
    }

    /// A number of so many digits; nil if others stand there.
    private static func number(
        in bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ digits: Int
    ) -> Int? {
        guard start + digits <= bytes.count else { return nil }
        var number = 0
        for place in start..<(start + digits) {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[place] else { return nil }
            number = number * 10 + Int(bytes[place] - UInt8(ascii: "0"))
        }
        return number
    }

    /// Seconds by which a zone is ahead of UTC: `+02:00`, `-0500`.
    private static func zone(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Double {
        guard start < bytes.count, let hours = number(in: bytes, start + 1, 2) else { return 0 }
        let isColon = start + 3 < bytes.count && bytes[start + 3] == UInt8(ascii: ":")
        guard let minutes = number(in: bytes, start + (isColon ? 4 : 3), 2) else { return 0 }
        return switch bytes[start] {
        case UInt8(ascii: "+"): Double(hours * 3_600 + minutes * 60)
        case UInt8(ascii: "-"): -Double(hours * 3_600 + minutes * 60)
        default: 0
        }
    }

    /// Days from 1970 to a date of the Gregorian calendar, whose years begin in March here, so that
    /// the leap day is the last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let month = (month + 9) % 12
        let era = year / 400
        let ofEra = year % 400
        let ofYear = (153 * month + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }
}
