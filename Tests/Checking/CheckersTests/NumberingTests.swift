import Generators
import Histories
import Testing

@testable import Checkers

@Suite struct `Numbers of values` {
    @Test(arguments: UInt64(1)...200)
    func `a value has one number, however far it lies from the others`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let reach = [10, 2_000, 20_000, 1_000_000_000].randomElement(using: &random) ?? 10
        var numbering = Numbering()
        var numbers: [Value: Int] = [:]
        for _ in 0..<2_000 {
            let value: Value =
                Int.random(in: 0..<20, using: &random) == 0
                ? .string("\(Int.random(in: 0..<50, using: &random))")
                : .int(Int.random(in: -5..<reach, using: &random))
            #expect(numbering.known(value) == numbers[value])
            let number = numbering.number(of: value)
            #expect(numbers[value, default: numbers.count] == number)
            numbers[value] = number
        }
        #expect(numbering.count == numbers.count)
    }

    @Test func `a value that the array has just come to reach is found again`() throws {
        // Found by the Raft simulator: 1500 lay within an array that had doubled, but was put
        // elsewhere, and the read seemed to return what nobody had written.
        let lines = [1_027, 1_028, 1_500].flatMap { value in
            ["write", "read"].flatMap { name in
                [
                    "{:process 0 :type :invoke :f :\(name) :value \(name == "read" ? "nil" : "\(value)")}",
                    "{:process 0 :type :ok :f :\(name) :value \(value)}",
                ]
            }
        }
        let report = try Checker().check(History(text: lines.joined(separator: "\n")))
        #expect(report.verdict.word == "linearizable")
    }
}
