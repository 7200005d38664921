import ArgumentParser
import Foundation
import Generators
import Histories
import Plans

extension Bench {
    /// `whitewater-bench fuzz`.
    struct Fuzz: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Feed damaged histories and plans to their readers.",
            discussion: """
                Input n of a seed is always the same. An input that crashes a reader, or takes it \
                more than ten seconds, ends the program and stays in the --input file.
                """)

        @Option(help: "Inputs.")
        var inputs = 1_000_000

        @Option(help: "The seed.")
        var seed: UInt64 = 1

        @Option(help: "The number of the first input.")
        var from = 0

        @Option(help: "Where the present input is kept.")
        var input = FileManager.default.temporaryDirectory.path + "/whitewater-fuzz-input"

        func run() throws {
            let file = try InputFile(input)
            var counts: [String: Int] = [:]
            for number in from..<(from + inputs) {
                var random = SplitMix64(seed: seed &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
                var maker = DamagedText(random: random.split())
                let kind = DamagedText.Kind.allCases[number % DamagedText.Kind.allCases.count]
                let bytes = maker.text(of: kind)
                file.keep(bytes)
                alarm(10)
                counts["\(kind): \(Self.read(bytes, as: kind))", default: 0] += 1
            }
            alarm(0)
            for (outcome, count) in counts.sorted(by: { $0.key < $1.key }) {
                print("\(outcome)  \(count)")
            }
            print("\(inputs) inputs of seed \(seed) from \(from) on, no crash")
            file.remove()
        }

        /// Reads it, and tells keys from values; what comes of it.
        private static func read(_ bytes: [UInt8], as kind: DamagedText.Kind) -> String {
            switch kind {
            case .plan:
                return (try? Plan(yaml: String(decoding: bytes, as: UTF8.self))) == nil
                    ? "refused" : "read"
            case .edn, .json, .log:
                guard let history = try? History(bytes: bytes) else { return "refused" }
                guard (try? history.keyed(.automatic)) != nil else { return "refused keys" }
                return "read"
            }
        }
    }
}

/// A file mapped into memory that holds the present input, so that it outlives a crash.
private final class InputFile {
    private static let size = 65_536
    private let path: String
    private let memory: UnsafeMutableRawPointer

    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, off_t(Self.size)) == 0,
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            memory != MAP_FAILED
        else { throw ValidationError("cannot write \(path): \(String(cString: strerror(errno)))") }
        close(descriptor)
        self.memory = memory
    }

    /// Keeps the start of the input, a line with its length before it.
    func keep(_ bytes: [UInt8]) {
        let text = Array("\(bytes.count)\n".utf8) + bytes
        text.prefix(Self.size).withUnsafeBytes { buffer in
            if let base = buffer.baseAddress {
                memory.copyMemory(from: base, byteCount: buffer.count)
            }
        }
    }

    func remove() { unlink(path) }
}
