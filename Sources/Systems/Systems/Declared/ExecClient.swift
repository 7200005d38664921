internal import Clients
internal import Histories
internal import Labs

/// A client of a worker that is a program: what it says, in the words of histories.
struct ExecClient: Client {
    private let program: ClientProgram
    private let opening: [Value.Entry]
    private let process: Int

    /// A program opened with these words for a process.
    init(_ program: ClientProgram, opening: [Value.Entry], process: Int) {
        self.program = program
        self.opening = opening
        self.process = process
    }

    func open() async throws { try await program.open(opening) }

    /// The program stays for the process that comes next.
    func close() async {}

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        do {
            try await program.open(opening)
        } catch {
            // Nothing was asked of the system.
            return .fail(.string("\(error)"))
        }
        var entries: [Value.Entry] = [
            .init(key: "type", value: "invoke"), .init(key: "process", value: .int(process)),
            .init(key: "f", value: .string(invocation.function)),
        ]
        if let key = invocation.key { entries.append(.init(key: "key", value: key)) }
        entries.append(.init(key: "value", value: invocation.value))
        entries.append(
            .init(
                key: "timeout", value: .int(Int((timeout / .milliseconds(1)).rounded(.up)))))
        do {
            let answer = try await program.ask(entries, opening: opening, within: timeout)
            return Self.completion(of: answer, invocation)
        } catch {
            switch error {
            case .notStarted, .refused: return .fail(.string("\(error)"))
            case .timedOut: return .info(.keyword("timeout"))
            case .ended: return .info(.string("\(error)"))
            case .nonsense: return .nonsense("\(error)")
            }
        }
    }

    /// What an answer says of an operation.
    static func completion(of answer: Value, _ invocation: Invocation) -> Completion {
        let error = answer.member("error") ?? .null
        switch answer.member("type")?.word {
        case "ok": return .ok(answer.member("value") ?? invocation.value)
        case "fail": return error.word == "mismatch" ? .mismatch : .fail(error)
        case "info": return .info(error)
        default: return .nonsense("the client answered with \(answer)")
        }
    }
}
