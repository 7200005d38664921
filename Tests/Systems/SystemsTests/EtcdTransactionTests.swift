import Foundation
import Histories
import Testing

@testable import Systems

/// What etcd answers to transactions over several keys.
@Suite struct `A transaction on etcd` {
    private let steps: [Value] = [
        [.keyword("r"), 1, .null], [.keyword("r"), 2, .null], [.keyword("w"), 2, 7],
    ]

    private func told(_ json: String) throws -> Value? {
        let reply = try JSONDecoder().decode(EtcdSteps.Reply.self, from: Data(json.utf8))
        return EtcdTransactionClient.told(of: steps, reply)
    }

    @Test func `tells its revision, and what each read saw since when`() throws {
        let answer = try told(
            """
            {"header":{"revision":"12"},"succeeded":true,"responses":[
              {"response_range":{"header":{},"kvs":[{"key":"eA==","value":"NQ==","mod_revision":"9"}]}},
              {"response_range":{"header":{}}},{"response_put":{"header":{"revision":"12"}}}]}
            """)
        #expect(
            answer
                == .map(
                    .init([
                        .keyword("revision"): 12,
                        .keyword("txn"): [
                            [.keyword("r"), 1, 5, 9], [.keyword("r"), 2, .null, 0],
                            [.keyword("w"), 2, 7],
                        ],
                    ])))
    }

    @Test(arguments: [
        #"{"header":{"revision":"12"},"responses":[{"response_range":{"header":{}}}]}"#,
        #"{"header":{},"responses":[{"response_range":{}},{"response_range":{}},{}]}"#,
        #"{"header":{"revision":"12"},"responses":[{},{"response_range":{}},{}]}"#,
        #"{"header":{"revision":"12"},"responses":[{"response_range":{"kvs":[{"value":"NQ=="}]}},{"response_range":{}},{}]}"#,
    ])
    func `whose answer lacks something makes no sense`(json: String) throws {
        #expect(try told(json) == nil)
    }
}
