public import NIOCore
internal import NIOSSL

/// Mutual TLS, for servers among themselves and for clients: both sides show a certificate that
/// one authority has signed, and nobody else is heard.
public struct TransportSecurity: Sendable {
    /// Why certificates cannot be used.
    public struct Failure: Error, CustomStringConvertible {
        /// What is wrong, with which file, and what to do.
        public let description: String
    }

    private let server: NIOSSLContext
    private let client: NIOSSLContext

    /// Reads certificates and the key, as PEM files.
    ///
    /// - Parameters:
    ///   - certificate: this side's certificate, and the chain up to the authority, if any.
    ///   - key: its private key.
    ///   - authority: the certificates of those whose signature is believed.
    /// - Throws: ``Failure``.
    public init(certificate: String, key: String, authority: String) throws(Failure) {
        let chain = try Self.read(certificate, "certificate") {
            try NIOSSLCertificate.fromPEMFile(certificate).map(NIOSSLCertificateSource.certificate)
        }
        let key = try Self.read(key, "private key") {
            NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        }
        let roots = try Self.read(authority, "authority's certificate") {
            NIOSSLTrustRoots.certificates(try NIOSSLCertificate.fromPEMFile(authority))
        }
        var serving = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: key)
        serving.trustRoots = roots
        serving.minimumTLSVersion = .tlsv13
        // The authority decides who is let in, not the name: nodes move between addresses.
        serving.certificateVerification = .noHostnameVerification
        var calling = TLSConfiguration.makeClientConfiguration()
        calling.trustRoots = roots
        calling.certificateChain = chain
        calling.privateKey = key
        calling.minimumTLSVersion = .tlsv13
        calling.certificateVerification = .noHostnameVerification
        let configurations = (serving, calling)
        (server, client) = try Self.read(certificate, "certificate with its key") {
            (
                try NIOSSLContext(configuration: configurations.0),
                try NIOSSLContext(configuration: configurations.1)
            )
        }
    }

    private static func read<Value>(
        _ file: String, _ what: String, _ body: () throws -> Value
    ) throws(Failure) -> Value {
        do {
            return try body()
        } catch {
            throw Failure(
                description: "\(file) cannot be used as \(what), in PEM: \(error)")
        }
    }

    /// Has a connection that somebody else made secured, from its event loop.
    ///
    /// - Throws: what the pipeline throws.
    public func secureServer(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: server))
    }

    /// Has a connection to somebody else secured, from its event loop.
    ///
    /// - Throws: what the TLS library throws.
    public func secureClient(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: client, serverHostname: nil))
    }
}
