import ArgumentParser
import Foundation

/// Prints what was found in a file, and writes the files that were asked for.
struct FindingPrinter {
    let contradictions: String?
    let witness: String?
    let page: String?

    /// - Throws: an exit status if the verdict cannot be printed, or the witness or the page of a
    ///   linearizable history cannot be written. A violation stands without its contradiction file.
    func print(_ finding: FileChecker.Finding) throws {
        try Self.verdict(finding.line)
        for remark in finding.remarks { Console.complain(remark) }
        if let contradictions {
            for file in finding.contradictions {
                do {
                    try file.write(to: contradictions)
                } catch {
                    Console.complain(
                        "whitewater: the contradiction cannot be written to \(contradictions): "
                            + "\(Self.words(error)); the verdict stands")
                }
            }
        }
        if let witness, let file = finding.witness {
            try put("order", of: finding, in: witness) { try file.write(to: witness) }
        }
        if let page, let html = finding.page {
            try put("page", of: finding, in: page) {
                try Data(html.utf8).write(to: URL(filePath: page))
            }
        }
    }

    /// Writes a file beside a verdict: what is wrong with the file is said, but never instead of
    /// what is wrong with the history.
    private func put(
        _ what: String, of finding: FileChecker.Finding, in path: String, _ write: () throws -> Void
    ) throws {
        do {
            try write()
        } catch {
            Console.complain(
                "whitewater: the \(what) cannot be written to \(path): \(Self.words(error))")
            if finding.rank == .valid { throw Exit.failure }
        }
    }

    /// Prints a verdict or fails: one that nobody can read must not look like success.
    private static func verdict(_ line: String) throws {
        var text = Array((line + "\n").utf8)[...]
        while !text.isEmpty {
            let count = text.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                text = text.dropFirst(count)
                continue
            }
            guard errno != EINTR else { continue }
            if errno != EPIPE {
                Console.complain(
                    "whitewater: the verdict cannot be printed: \(String(cString: strerror(errno)))"
                )
            }
            throw Exit.failure
        }
    }

    private static func words(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        guard let underlying else { return "\(error)" }
        return String(cString: strerror(CInt((underlying as NSError).code)))
    }
}
