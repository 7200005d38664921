import Foundation
import NIOPosix
import Testing
import Wire
import WireNIO

@testable import RaftNode

/// Certificates that an authority of the test's own has signed.
private struct Authority {
    static let isHere = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/whitewater-certificates-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority "
                + "-keyout authority.key -out authority.pem")
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=node -keyout node.key "
                + "-out node.csr")
        try openssl(
            "x509 -req -in node.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 "
                + "-out node.pem")
    }

    private func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "openssl \(arguments)")
    }

    func security() throws -> TransportSecurity {
        try TransportSecurity(
            certificate: folder + "/node.pem", key: folder + "/node.key",
            authority: folder + "/authority.pem")
    }

    func remove() throws { try FileManager.default.removeItem(atPath: folder) }
}

@Suite(.serialized, .enabled(if: Authority.isHere, "needs openssl"))
struct `Nodes with certificates` {
    @Test func `elect a leader and serve who has a certificate, and nobody else`() async throws {
        let (authority, stranger) = (try Authority(), try Authority())
        let nodes = try LocalNodes(3)
        let security = try authority.security()
        nodes.change = { $0.security = security }
        nodes.security = security
        for number in 1...3 { try await nodes.start(number) }
        let leader = try await nodes.leader(among: [1, 2, 3])
        let write = Request.Body.command(.call(key: [1], .write([2]), nil), .forward)
        #expect(try await nodes.ask(leader, write) == .answer(.done))
        for security in [nil, try stranger.security()] {
            nodes.security = security
            await #expect(throws: Connection.Failure.self) {
                try await nodes.ask(leader, .status)
            }
        }
        nodes.security = security
        try await nodes.stop()
        try authority.remove()
        try stranger.remove()
    }

    @Test func `a file that is none of them is named`() throws {
        let authority = try Authority()
        #expect {
            try TransportSecurity(
                certificate: authority.folder + "/node.csr", key: authority.folder + "/node.key",
                authority: authority.folder + "/authority.pem")
        } throws: {
            "\($0)".contains("node.csr")
        }
        try authority.remove()
    }
}
