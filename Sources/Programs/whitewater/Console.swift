import Foundation

/// Writes to the terminal at once, in the order of the calls.
enum Console {
    /// Writes a line to the standard output.
    static func line(_ text: String = "") { write(text + "\n") }

    /// Writes text to the standard output, without a line feed.
    static func write(_ text: String) { write(text, to: .standardOutput) }

    /// Writes a line to the standard error.
    static func complain(_ text: String) { write(text + "\n", to: .standardError) }

    /// A terminal that is closed, or a pipe that nobody reads, must not end a run: what it found
    /// out is in its folder, and its exit status says the verdict.
    private static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
