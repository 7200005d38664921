internal import Histories
internal import Labs
internal import NIOPosix
internal import SystemPackage

/// A client that is a program of its own: started in the harness's place in the network, asked one
/// thing at a time, and ended when it misses a deadline.
actor ClientProgram {
    /// How long past its deadline a program may answer before it is ended.
    static let grace = Duration.milliseconds(250)
    /// How long a program may take from its start to its answer to `open`.
    static let startPatience = Duration.seconds(20)

    /// Why a program did not answer.
    enum Failure: Error, Hashable, CustomStringConvertible {
        /// It does not run.
        case notStarted(String)
        /// It did not answer in time, and has been ended.
        case timedOut
        /// It ended before it answered, with these last words and a file to read them in.
        case ended(lastWords: String?, log: String)
        /// It answered with what makes no sense, and has been ended.
        case nonsense(String)
        /// It refused.
        case refused(String)

        var description: String {
            switch self {
            case .notStarted(let why): "the client did not start: \(why)"
            case .timedOut: "timeout"
            case .ended(let words, let log):
                "the client ended"
                    + (words.map { "; its last words: \($0)" } ?? " without a word")
                    + "; read \(log)"
            case .nonsense(let line): "the client answered with \(line)"
            case .refused(let why): "the client refused: \(why)"
            }
        }
    }

    private let command: NodeCommand
    private let log: String
    private let group: MultiThreadedEventLoopGroup
    private var running: (conversation: LineConversation, process: PipedProcess)?
    private var opened: [Value.Entry]?
    private var lastID = 0
    private var last: Task<Void, Never>?

    /// A program that is started when it is first needed; its standard error goes to a file.
    init(_ command: NodeCommand, log: String, on group: MultiThreadedEventLoopGroup) {
        self.command = command
        self.log = log
        self.group = group
    }

    /// Asks one thing, behind whatever is being asked, of a program that has been opened with
    /// these words; it is told them whenever they differ from what it was told last.
    ///
    /// - Returns: its answer, a map with a type.
    /// - Throws: ``Failure``.
    func ask(
        _ entries: [Value.Entry], opening: [Value.Entry], within time: Duration
    ) async throws(Failure) -> Value {
        let before = last
        let turn = Task { () -> Result<Value, Failure> in
            await before?.value
            do throws(Failure) {
                try await open(opening)
                lastID += 1
                return .success(try await exchange(entries, id: lastID, within: time))
            } catch {
                return .failure(error)
            }
        }
        last = Task { _ = await turn.value }
        return try await turn.value.get()
    }

    /// Tells the program what it is opened for, unless it knows already.
    func open(_ opening: [Value.Entry]) async throws(Failure) {
        guard running == nil || opened != opening else { return }
        if running == nil { try await start() }
        let answer = try await exchange(opening, id: nil, within: Self.startPatience)
        guard answer.member("type")?.word == "ok" else {
            throw .refused(answer.member("error").map { $0.word ?? "\($0)" } ?? "without a word")
        }
        opened = opening
    }

    /// Ends the program.
    func end() async {
        guard let (conversation, process) = running else { return }
        running = nil
        opened = nil
        await conversation.close()
        process.kill()
    }

    private func exchange(
        _ entries: [Value.Entry], id: Int?, within time: Duration
    ) async throws(Failure) -> Value {
        guard let conversation = running?.conversation else { throw ending }
        var line: [UInt8] = []
        line.append(
            jsonObject: entries + (id.map { [.init(key: "id", value: .int($0))] } ?? []))
        let answer: [UInt8]
        do {
            answer = try await conversation.ask(line, within: time + Self.grace)
        } catch {
            await end()
            switch error {
            case .timedOut: throw .timedOut
            case .ended: throw ending
            case .unasked(let line): throw .nonsense("a line that nobody asked for: \(line)")
            case .tooLong: throw .nonsense("a line without an end")
            }
        }
        guard let value = try? Value(json: answer), value.member("type") != nil,
            id == nil || value.member("id") == .some(.int(id ?? 0))
        else {
            // Whatever it says next may be the answer to this.
            await end()
            throw .nonsense(String(decoding: answer.prefix(300), as: UTF8.self))
        }
        return value
    }

    /// How it ended, by its standard error.
    private var ending: Failure {
        let file = FilePath(log)
        let place = file.components.suffix(2).map(\.string).joined(separator: "/")
        return .ended(lastWords: LogEnd.lastLine(of: log), log: place)
    }

    // MARK: The process

    private func start() async throws(Failure) {
        do {
            let errors = try FileDescriptor.open(
                FilePath(log), .writeOnly, options: [.create, .append],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            let process = try await PipedProcess(command, errors: errors, inGroupOfItsOwn: true)
            do {
                let conversation = try await LineConversation.open(
                    input: process.input, output: process.output, on: group)
                running = (conversation, process)
            } catch {
                process.kill()
                throw error
            }
        } catch {
            throw .notStarted("\(command.executable): \(error)")
        }
        opened = nil
    }
}
