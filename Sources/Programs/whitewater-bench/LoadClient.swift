import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Wire
import WireNIO

/// One client of a load: one connection, one request at a time.
protocol LoadClient: Sendable {
    func put(_ key: Int) async throws
    func get(_ key: Int) async throws
    func close() async throws
}

/// What a load gets wrong answers as.
struct WrongAnswer: Error, CustomStringConvertible {
    let description: String
}

/// raftd over its own protocol.
struct RaftdLoadClient: LoadClient {
    static let value = [UInt8](repeating: 0x78, count: 64)
    let connection: Connection

    private static func key(_ key: Int) -> [UInt8] { Array("key/\(key)".utf8) }

    func put(_ key: Int) async throws {
        let command = Command.call(key: Self.key(key), .write(Self.value), nil)
        let reply = try await connection.send(.command(command, .refuse), timeout: .seconds(5))
        guard reply == .answer(.done) else { throw WrongAnswer(description: "\(reply)") }
    }

    func get(_ key: Int) async throws {
        let reply = try await connection.send(
            .read(key: Self.key(key), .linearizable), timeout: .seconds(5))
        guard case .answer(.value) = reply else { throw WrongAnswer(description: "\(reply)") }
    }

    func close() async { await connection.close() }
}

/// etcd over its JSON gateway.
struct EtcdLoadClient: LoadClient {
    let base: String
    let client: HTTPClient

    init(port: Int, on group: any EventLoopGroup) {
        base = "http://127.0.0.1:\(port)"
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    private static let value = Data(repeating: 0x78, count: 64).base64EncodedString()

    private static func key(_ key: Int) -> String { Data("key/\(key)".utf8).base64EncodedString() }

    private func post(_ path: String, _ body: String) async throws {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await client.execute(request, timeout: .seconds(5))
        _ = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else {
            throw WrongAnswer(description: "status \(response.status)")
        }
    }

    func put(_ key: Int) async throws {
        try await post("/v3/kv/put", "{\"key\":\"\(Self.key(key))\",\"value\":\"\(Self.value)\"}")
    }

    func get(_ key: Int) async throws {
        try await post("/v3/kv/range", "{\"key\":\"\(Self.key(key))\"}")
    }

    func close() async throws { try await client.shutdown() }

    /// The etcd node that leads.
    static func leader(on group: any EventLoopGroup) async throws -> Int {
        struct Status: Decodable {
            struct Header: Decodable {
                let memberID: String
                enum CodingKeys: String, CodingKey { case memberID = "member_id" }
            }
            let header: Header
            let leader: String?
        }
        let client = HTTPClient(eventLoopGroupProvider: .shared(group))
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            for node in 1...3 {
                var request = HTTPClientRequest(
                    url: "http://127.0.0.1:\(LocalCluster.etcdPort(node))/v3/maintenance/status")
                request.method = .POST
                request.body = .bytes(ByteBuffer(string: "{}"))
                guard let response = try? await client.execute(request, timeout: .seconds(1)),
                    let body = try? await response.body.collect(upTo: 1 << 16),
                    let status = try? JSONDecoder().decode(
                        Status.self, from: Data(body.readableBytesView)),
                    status.leader == status.header.memberID
                else { continue }
                try await client.shutdown()
                return node
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await client.shutdown()
        throw LocalCluster.Failure.noLeader("etcd")
    }
}
