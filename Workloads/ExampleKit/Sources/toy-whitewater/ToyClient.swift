import Clients
import Foundation
import Histories
import Systems

/// What a node is asked.
struct ToyRequest: Encodable {
    let f: String
    let key: String
    let value: [Int]
}

/// Registers on the toy.
struct ToyClient: Client {
    let url: String
    /// One connection, no retry, no redirect: what a request did is known, or said to be unknown.
    private let link = HTTPLink()

    init(url: String) { self.url = url }

    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion {
        let request = ToyRequest(
            f: invocation.function, key: "\(invocation.key ?? .null)",
            value: invocation.value.integers)
        do {
            let reply = try await link.post(url, request, timeout: timeout)
            // The node may have passed the request on before it failed.
            guard reply.status == 200 else { return .info(.int(reply.status)) }
            let answer = try JSONDecoder().decode(Answer.self, from: Data(reply.body))
            guard answer.done else { return .mismatch }
            guard invocation.function == "read" else { return .ok(invocation.value) }
            return .ok(answer.value.map { .int($0) } ?? .null)
        } catch is DecodingError {
            return .nonsense("\(invocation.function) was answered with what is no answer")
        } catch {
            return HTTPLink.completion(of: error)
        }
    }

    func close() async {
        // A connection that does not end in good order is gone all the same.
        try? await link.close()
    }

    private struct Answer: Decodable {
        let done: Bool
        let value: Int?
    }
}

extension Value {
    /// `5` and `[4 5]` as they are sent.
    fileprivate var integers: [Int] {
        switch self {
        case .int(let number): [number]
        case .vector(let elements): elements.flatMap(\.integers)
        default: []
        }
    }
}
