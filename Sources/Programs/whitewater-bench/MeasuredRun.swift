import Foundation
import Results
import Stores

/// Runs of the program itself, for benchmarks that compare them.
struct MeasuredRun {
    /// The program.
    let program: String
    /// The folder for results.
    let folder: String

    /// Why there is nothing to compare.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a plan to its end.
    ///
    /// - Throws: ``Failure`` if it could not be run, as the program says.
    func perform(_ plan: String, _ options: [String], environment: [String: String] = [:]) throws
        -> RunResults
    {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = ["test", plan, "--results", folder] + options
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus <= 2 else {
            throw Failure(
                description: "\(plan): " + String(decoding: said.suffix(2_000), as: UTF8.self))
        }
        return try RunFolder(existing: folder + "/latest").readResults()
    }
}
