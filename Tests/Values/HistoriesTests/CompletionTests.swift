import Foundation
import Histories
import Testing

@Suite struct `Completions` {
    @Test(arguments: [
        (Completion.ok(5), ":type :ok, :process 0, :f :read, :value [1 5]}"),
        (.mismatch, ":type :fail, :process 0, :f :read, :value [1 nil], :error :mismatch}"),
        (.fail("no"), ":type :fail, :process 0, :f :read, :value [1 nil], :error \"no\"}"),
        (
            .nonsense("<html>"),
            ":type :info, :process 0, :f :read, :value [1 nil], :error \"<html>\"}"
        ),
    ])
    func `each has one spelling in a history`(completion: Completion, line: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let recorder = try Recorder(file: file) { Timestamp(nanoseconds: 0) }
        let read = Invocation("read", key: 1)
        recorder.record(.invoke, by: .client(0), read.function, key: read.key, read.value)
        recorder.record(completion, of: read, by: .client(0))
        try recorder.finish()
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.split(separator: "\n").last?.hasSuffix(line) == true, "\(text)")
    }

    @Test func `times of day are counted from the first, times of a run stay`() throws {
        func first(_ times: [Int]) throws -> [Int?] {
            let lines = times.enumerated().map { place, time in
                "{:process 0 :type :\(place % 2 == 0 ? "invoke" : "ok") :f :read :time \(time)}"
            }
            let history = try History(text: lines.joined(separator: "\n")).countingFromStart()
            return history.operations.flatMap { operation in
                [operation.invokedAt?.nanoseconds, operation.completedAt?.nanoseconds]
            }
        }
        #expect(try first([5, 7, 8, 9]) == [5, 7, 8, 9])
        let now = 1_700_000_000_000_000_000
        #expect(try first([now, now + 2, now + 3, now + 9]) == [0, 2, 3, 9])
        #expect(try first([-7, -5]) == [0, 2])
    }
}
