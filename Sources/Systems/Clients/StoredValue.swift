public import Histories

extension Value {
    /// What a store holds where clients write integers in decimal.
    ///
    /// Only the spelling that clients write is an integer. Everything else is evidence and is kept
    /// as it is, byte by byte.
    public init(stored bytes: [UInt8]) {
        let digits = String(decoding: bytes, as: UTF8.self)
        if let number = Int(digits), "\(number)" == digits {
            self = .int(number)
        } else {
            self = .string(Text(bytes: bytes))
        }
    }
}
