import Foundation
import Testing

@testable import Systems

@Suite struct `The renewal of a lease` {
    private func result(_ json: String) throws -> EtcdLease.Renewal.Result? {
        try JSONDecoder().decode(EtcdLease.Renewal.self, from: Data(json.utf8)).result
    }

    @Test func `tells how long it lives, and that it is gone by leaving that out`() throws {
        #expect(try result(#"{"result": {"ID": "7", "TTL": "5"}}"#)?.seconds == 5)
        #expect(try result(#"{"result": {"ID": "7"}}"#)?.seconds == 0)
    }

    @Test func `that means nothing is not taken for a lease that is gone`() throws {
        let reply = try #require(try result(#"{"result": {"ID": "7", "TTL": "soon"}}"#))
        #expect(reply.seconds == nil)
    }
}
