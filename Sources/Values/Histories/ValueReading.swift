extension Value {
    /// Reads one value as EDN, or JSON, spells it.
    ///
    /// - Throws: `HistoryError` if the text is no value, or more than one.
    public init(edn text: String) throws(HistoryError) {
        var result: Result<Value, HistoryError> = .failure(HistoryError(.empty))
        Array(text.utf8).withUnsafeBytes { bytes in
            result = Result { () throws(HistoryError) in
                var scanner = Scanner(bytes)
                let value = try scanner.value()
                scanner.skipSpace()
                guard scanner.peek == nil else { throw scanner.unexpected(expected: "the end") }
                return value
            }
        }
        self = try result.get()
    }
}
