public import Histories

extension Value {
    /// What a store holds where clients write integers in decimal.
    ///
    /// Only the spelling that clients write is an integer. Everything else is evidence and is kept
    /// as it is: text, or bytes in hexadecimal if they are none.
    public init(stored bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            self = .vector([.keyword("bytes"), .string(digits.joined())])
            return
        }
        if let number = Int(text), "\(number)" == text {
            self = .int(number)
        } else {
            self = .string(text)
        }
    }
}
