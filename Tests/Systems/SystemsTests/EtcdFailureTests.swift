import AsyncHTTPClient
import Foundation
import Histories
import NIOCore
import NIOPosix
import Testing

@testable import Systems

@Suite struct `etcd's answers are read as what is certain` {
    private func completion(_ status: Int, _ body: String) -> Completion {
        EtcdFailure.completion(of: .init(status: status, body: Array(body.utf8)))
    }

    @Test(arguments: [
        (404, #"{"error":"etcdserver: requested lease not found","code":5}"#),
        (503, #"{"code":14,"message":"etcdserver: unhealthy cluster"}"#),
        (503, #"{"error":"etcdserver: no leader","code":14,"message":"etcdserver: no leader"}"#),
    ])
    func `a refusal before the proposal is a failure`(status: Int, body: String) {
        #expect(completion(status, body).kind == .fail)
    }

    @Test(arguments: [
        (503, #"{"code":14,"message":"etcdserver: request timed out"}"#),
        (504, #"{"code":4,"message":"context deadline exceeded"}"#),
        (500, #"{"code":2,"message":"context deadline exceeded"}"#),
        (404, "not JSON"), (500, ""), (200, "{}"),
        (503, #"{"code":14,"message":"etcdserver: leader changed"}"#),
    ])
    func `anything else is of unknown outcome`(status: Int, body: String) {
        #expect(completion(status, body).kind == .info)
    }

    private func read(_ body: String) -> Completion {
        EtcdClient.completion(ofRead: Data(body.utf8), key: "a2V5")
    }

    private func encoded(_ bytes: [UInt8]) -> String {
        #"{"header":{},"kvs":[{"key":"a2V5","value":"\#(Data(bytes).base64EncodedString())"}]}"#
    }

    @Test func `what a read returned is what was read, even if nobody can have written it`() {
        #expect(read(#"{"header":{}}"#) == .ok(.null))
        #expect(read(encoded(Array("17".utf8))) == .ok(17))
        #expect(read(encoded(Array("017".utf8))) == .ok("017"), "no client writes 17 like that")
        #expect(read(encoded(Array("1\u{0}7".utf8))) == .ok("1\u{0}7"))
        #expect(read(encoded([0xff, 0x0a])) == .ok(.string(Text(bytes: [0xff, 0x0a]))))
        #expect(read(#"{"header":{},"kvs":[{"key":"a2V5"}]}"#) == .ok(""), "an empty value")
    }

    @Test(arguments: [
        "no JSON", "[]", "{}", "<html>", #"{"header":{},"kvs":5}"#,
        #"{"header":{},"kvs":[{"key":"b3RoZXI=","value":"MQ=="}]}"#,
        #"{"header":{},"kvs":[{"key":"a2V5","value":"?"}]}"#,
        #"{"header":{},"kvs":[{"key":"a2V5","value":"MQ=="},{"key":"a2V5","value":"Mg=="}]}"#,
    ])
    func `a reply that makes no sense is quoted`(body: String) {
        guard case .nonsense(let quote) = read(body) else {
            Issue.record("\(read(body))")
            return
        }
        #expect(quote.contains(body))
    }

    @Test func `a refused connection is a failure, a silent server is not`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let silent = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(silent.localAddress?.port)
        // Each has connections of its own: one that is idle may break while it is used.
        func completion(at port: Int, within timeout: Duration) async -> Completion {
            let client = EtcdClient(
                EtcdGateway(
                    of: "n1", base: "http://127.0.0.1:\(port)", link: HTTPLink(group: group),
                    revisions: RevisionWatch()),
                isSerializable: false)
            let completion = await client.perform(Invocation("write", key: 1, 5), timeout: timeout)
            await client.close()
            return completion
        }
        #expect(
            await completion(at: port, within: .milliseconds(200)) == .info(.keyword("timeout")))
        try await silent.close()
        // A child that another test starts may have got the silent server's socket, and keep it.
        #expect(
            await completion(at: 1, within: .seconds(5)) == .fail(.keyword("connection-refused")))
        try await group.shutdownGracefully()
    }
}
