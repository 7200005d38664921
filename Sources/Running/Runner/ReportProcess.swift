internal import Foundation
public import Labs
public import Stores

/// Renders a run in a process of its own, so that not even a crash of the renderer can touch the
/// verdict or the exit status.
public struct ReportProcess: Sendable {
    private let program: Program

    /// Rendering by this program, or by another one that knows `report FOLDER`.
    public init(program: Program = Program(path: Sandbox.executable)) { self.program = program }

    /// Writes the page and the plots of a folder that has its results.
    ///
    /// If that fails, the page says so, in words.
    ///
    /// - Returns: what went wrong, if anything.
    public func render(_ folder: RunFolder) async -> String? {
        do {
            try await program.run(["report", folder.path])
            return nil
        } catch {
            let why = "the report could not be rendered: \(error)"
            do {
                try folder.write(Self.placeholder(why), to: folder.page)
            } catch {
                return why + "; nor could the page say so: \(error)"
            }
            return why
        }
    }

    /// What stands in place of a page, and says why.
    static func placeholder(_ why: String) -> String {
        let text = why.filter { !"<>&".contains($0) }
        return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>No report</title>"
            + "<p>\(text)</p><p>The verdict is in results.json; "
            + "<code>whitewater report</code> tries again.</p></html>\n"
    }
}
