internal import AsyncHTTPClient
internal import Foundation
public import Histories
internal import NIOCore
internal import NIOHTTP1
public import NIOPosix

/// HTTP for clients of a system: one request at a time per connection, none ever repeated, no
/// redirect followed, so that what a request did is known or said to be unknown.
public struct HTTPLink: Sendable {
    /// A reply whose body has been read.
    public struct Reply: Sendable {
        /// The status, 200 for example.
        public let status: Int
        /// The body.
        public let body: [UInt8]

        /// A reply.
        public init(status: Int, body: [UInt8]) {
            self.status = status
            self.body = body
        }
    }

    private static let mostBytes = 4_194_304

    private let client: HTTPClient

    /// A link with so many connections to a host; a client of a worker has one.
    public init(group: MultiThreadedEventLoopGroup, connections: Int = 1) {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        client = HTTPClient(
            eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    /// A link with so many connections to a host, served by the process's own threads.
    public init(connections: Int = 1) {
        self.init(group: .singleton, connections: connections)
    }

    /// Sends a request and reads the whole reply.
    ///
    /// - Throws: what the library throws; ``completion(of:)`` tells what is certain then.
    public func send(
        _ method: String, _ url: String, body: [UInt8]? = nil, json: Bool = true, timeout: Duration
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        if let body {
            if json { request.headers.add(name: "content-type", value: "application/json") }
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await client.execute(
            request, deadline: NIODeadline.now() + TimeAmount(timeout))
        let bytes = try await response.body.collect(upTo: Self.mostBytes)
        return Reply(status: Int(response.status.code), body: Array(bytes.readableBytesView))
    }

    /// Posts a value as JSON and reads the whole reply.
    ///
    /// - Throws: what the library throws; ``completion(of:)`` tells what is certain then.
    public func post(
        _ url: String, _ value: some Encodable, timeout: Duration
    ) async throws -> Reply {
        try await send(
            "POST", url, body: Array(try JSONEncoder().encode(value)), timeout: timeout)
    }

    /// Posts JSON, and hands over the lines of a reply that goes on until one is the last of use, or
    /// the time is over.
    ///
    /// - Throws: what the library throws before the time is over.
    func listen(
        _ url: String, body: [UInt8], for time: Duration,
        take: @escaping @Sendable (_ line: [UInt8]) -> Bool
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await read(url, body, for: time, take) }
            // The library's deadline ends with the head of a reply.
            group.addTask { try? await Task.sleep(for: time) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func read(
        _ url: String, _ body: [UInt8], for time: Duration,
        _ take: @Sendable (_ line: [UInt8]) -> Bool
    ) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(
            request, deadline: NIODeadline.now() + TimeAmount(time))
        var line: [UInt8] = []
        for try await part in response.body {
            for byte in part.readableBytesView {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                guard line.isEmpty || take(line) else { return }
                line.removeAll()
            }
        }
    }

    /// Ends the connections.
    ///
    /// - Throws: what the library throws.
    public func close() async throws { try await client.shutdown() }

    /// The completion for a request without a reply: certain is only that a refused connection
    /// carried no request.
    public static func completion(of error: any Error) -> Completion {
        if isRefusedConnection(error) { return .fail(.keyword("connection-refused")) }
        if let error = error as? HTTPClientError {
            let timeouts: [HTTPClientError] = [
                .deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout,
            ]
            let isTimeout = timeouts.contains(error)
            return .info(isTimeout ? .keyword("timeout") : .string(error.shortDescription))
        }
        return .info(.string(String("\(error)".prefix(200))))
    }

    private static func isRefusedConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as IOError: error.errnoCode == ECONNREFUSED
        case let error as NIOConnectionError:
            !error.connectionErrors.isEmpty
                && error.connectionErrors.allSatisfy { isRefusedConnection($0.error) }
        default: false
        }
    }
}
