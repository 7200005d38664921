import Dispatch
import Foundation
import RaftMutants
import RaftSimulator

/// Simulates a planted bug until a seed finds it.
struct MutantSearch {
    private static let together = 16

    let mutant: Mutant
    let seeds: Int
    let from: UInt64
    let seconds: Int

    init(_ mutant: Mutant, seeds: Int, from: UInt64, seconds: Int) {
        self.mutant = mutant
        self.seeds = seeds
        self.from = from
        self.seconds = seconds
    }

    /// `seed 17: why`, of the lowest seed of those that ran together; or that none found it, and
    /// how often it came up.
    func run() -> String {
        nonisolated(unsafe) var deviations = 0
        let lock = NSLock()
        for first in stride(from: 0, to: seeds, by: Self.together) {
            nonisolated(unsafe) var found: [UInt64: String] = [:]
            DispatchQueue.concurrentPerform(iterations: min(Self.together, seeds - first)) {
                place in
                let seed = from + UInt64(first + place)
                CurrentSeed.set(seed)
                nonisolated(unsafe) var own = 0
                var simulation = Simulation(
                    seed: seed, seconds: seconds, subject: Subject(mutant) { own += 1 })
                let violation = simulation.run().violation
                lock.withLock {
                    deviations += own
                    if let violation { found[seed] = violation }
                }
            }
            if let (seed, why) = found.min(by: { $0.key < $1.key }) {
                return "seed \(seed): \(why)"
            }
        }
        return deviations == 0
            ? "never came up" : "survived, though it came up \(deviations) times"
    }
}

/// Each planted bug with the seed that finds it: a process each, for some of them trap.
struct MutantTable {
    let seeds: Int
    let from: UInt64
    let seconds: Int

    func printRows() throws {
        print("| Mutant | What it does wrong | Found by | At seed |")
        print("|---|---|---|---|")
        var (rows, found, others, foundOthers) = (0, 0, 0, 0)
        for mutant in Mutant.all where mutant.fitsSimulator {
            let (result, lastWords) = try search(mutant)
            let isRow = Int(mutant.id) != nil
            if isRow { rows += 1 } else { others += 1 }
            if let (seed, why) = result {
                if isRow { found += 1 } else { foundOthers += 1 }
                print("| \(mutant.id) | \(mutant.title) | \(why) | \(seed) |")
            } else {
                print("| \(mutant.id) | \(mutant.title) | **\(lastWords)** | |")
            }
            fflush(nil)
        }
        for equivalent in Equivalent.all {
            print("| \(equivalent.id) | \(equivalent.title) | equivalent | |")
        }
        print("\(found) of \(rows) rows and \(foundOthers) of \(others) others found")
    }

    /// The seed and what it broke, nil if none did; and what the search said last.
    private func search(
        _ mutant: Mutant
    ) throws -> (found: (seed: String, why: String)?, lastWords: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "simulate", "--mutant", mutant.id, "--seeds", "\(seeds)", "--from", "\(from)",
            "--seconds", "\(seconds)",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        let lastWords = "\(lines.last ?? "no word") in \(seeds) seeds"
        guard let line = lines.first(where: { $0.hasPrefix("seed ") }) else {
            return (nil, lastWords)
        }
        let parts = line.dropFirst(5).split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return (nil, lastWords) }
        return ((String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces)), lastWords)
    }
}
