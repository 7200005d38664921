internal import Clients
internal import Foundation
internal import Histories

/// The JSON gateway of one node, as clients of every workload use it.
struct EtcdGateway: Sendable {
    /// Whether a request through the log writes, and so has a revision of its own.
    enum Effect: Hashable, Sendable {
        /// It changes no key, or what it says of revisions is not promised.
        case unchecked
        /// A linearizable read.
        case read
        /// A write, if it is said to have been one.
        case write
    }

    /// What the header of a reply says.
    struct Header: Decodable {
        /// The revision of the store, which etcd writes as text.
        let revision: String?
        /// The same as a number; nil if the reply has none.
        var number: Int? { revision.flatMap { Int($0) } }
    }

    /// A request that was answered with something else than success, or with what makes no sense.
    struct Refusal: Error {
        /// What that makes of the operation.
        let completion: Completion
        /// What etcd says.
        let message: String
    }

    let node: String
    private let base: String
    private let link: HTTPLink
    private let revisions: RevisionWatch

    init(of node: String, base: String, link: HTTPLink, revisions: RevisionWatch) {
        self.node = node
        self.base = base
        self.link = link
        self.revisions = revisions
    }

    func close() async {
        // A connection that does not end in good order is gone all the same.
        try? await link.close()
    }

    /// Posts a request and reads the reply.
    ///
    /// - Parameters:
    ///   - path: of the call.
    ///   - request: its body.
    ///   - timeout: for all of it.
    ///   - judge: what the reply shows the request to have been, for the checks of revisions; nil
    ///     if it makes no sense.
    /// - Returns: the reply.
    /// - Throws: ``Refusal`` for a reply that is no success; what the HTTP library throws if there
    ///   is none.
    func call<Reply: Decodable>(
        _ path: String, _ request: some Encodable, timeout: Duration,
        judge: (Reply) -> (Effect, Header?)? = { _ in (.unchecked, nil) }
    ) async throws -> Reply {
        let began = revisions.begin()
        let reply = try await link.post(base + path, request, timeout: timeout)
        guard reply.status == 200 else {
            throw Refusal(
                completion: EtcdFailure.completion(of: reply), message: Self.quote(reply.body))
        }
        let (parsed, effect, header) = try Self.parse(Data(reply.body), judge)
        if effect != .unchecked, let revision = header?.number {
            revisions.end(began, revision, isWrite: effect == .write, on: node)
        }
        return parsed
    }

    /// Posts a request whose reply goes on, and hands over its lines until one is the last of use,
    /// or the time is over.
    ///
    /// - Throws: what the HTTP library throws.
    func listen(
        _ path: String, _ request: some Encodable, for time: Duration,
        take: @escaping @Sendable (_ line: [UInt8]) -> Bool
    ) async throws {
        try await link.listen(
            base + path, body: Array(try JSONEncoder().encode(request)), for: time, take: take)
    }

    /// Reads the body of a reply, and what it shows the request to have been.
    ///
    /// - Throws: ``Refusal`` if it makes no sense.
    static func parse<Reply: Decodable>(
        _ body: Data, _ judge: (Reply) -> (Effect, Header?)?
    ) throws(Refusal) -> (Reply, Effect, Header?) {
        guard let reply = try? JSONDecoder().decode(Reply.self, from: body),
            let (effect, header) = judge(reply)
        else {
            let quote = quote(body)
            throw Refusal(
                completion: .nonsense("a request was answered with \(quote)"), message: quote)
        }
        return (reply, effect, header)
    }

    /// The completion for what ``call(_:_:timeout:judge:)`` throws.
    static func completion(of error: any Error) -> Completion {
        (error as? Refusal)?.completion ?? HTTPLink.completion(of: error)
    }

    static func quote(_ body: some Sequence<UInt8>) -> String {
        String(String(decoding: Array(body), as: UTF8.self).prefix(300))
    }

    /// Text as JSON carries bytes.
    static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
