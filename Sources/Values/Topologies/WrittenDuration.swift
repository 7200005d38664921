extension Duration {
    /// The duration in seconds, `1.5 s` for example, to the millisecond.
    public var formattedSeconds: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded())
        if milliseconds % 1_000 == 0 { return "\(milliseconds / 1_000) s" }
        let seconds = Double(milliseconds) / 1_000
        return "\(seconds) s"
    }
}
