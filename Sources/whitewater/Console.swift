import Foundation

/// Writes to the terminal at once, in the order of the calls.
enum Console {
    /// Writes a line to the standard output.
    static func line(_ text: String = "") { write(text + "\n") }

    /// Writes text to the standard output, without a line feed.
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// Writes a line to the standard error.
    static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
