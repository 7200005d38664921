import ArgumentParser
import CheckerTrials
import Dispatch
import Synchronization

/// `whitewater check --self-test`: every decider against brute force, on all cores.
struct CheckSelfTest {
    let histories: Int
    let seed: UInt64
    /// Only subjects whose name has this in it.
    let part: String?

    func run() throws {
        guard histories > 0 else { throw ValidationError("--self-test is above 0") }
        let subjects = SelfTest.subjects.filter { subject in
            part.map { subject.name.contains($0) } ?? true
        }
        guard !subjects.isEmpty else {
            throw ValidationError(
                "--only: there is none of that name among "
                    + SelfTest.subjects.map { "'\($0.name)'" }.joined(separator: ", "))
        }
        let (histories, seed) = (histories, seed)
        let outcomes = Mutex<[SelfTest.Outcome?]>(Array(repeating: nil, count: subjects.count))
        Console.line("subject\thistories\tdecided\tlinearizable\tdisagreements\tseed")
        DispatchQueue.concurrentPerform(iterations: subjects.count) { place in
            let outcome = SelfTest.compare(subjects[place], histories: histories, seed: seed)
            outcomes.withLock { outcomes in
                outcomes[place] = outcome
                Console.line(
                    "\(subjects[place].name)\t\(outcome.histories)\t\(outcome.decided)\t"
                        + "\(outcome.linearizable)\t\(outcome.disagreement == nil ? 0 : 1)\t\(seed)"
                )
            }
        }
        let wrong = outcomes.withLock { $0.compactMap { $0?.disagreement } }
        for disagreement in wrong { Console.complain(disagreement) }
        if !wrong.isEmpty { throw Exit.failure }
    }
}
