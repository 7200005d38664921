public import ArgumentParser
public import WireNIO

/// Where the files for mutual TLS are.
public struct Certificates: ParsableArguments {
    @Option(help: "This side's certificate, and its chain, as a PEM file.")
    var certificate: String?

    @Option(help: "The certificate's private key, as a PEM file.")
    var key: String?

    @Option(help: "Certificates of the authority that must have signed the other side's, as PEM.")
    var authority: String?

    /// What the arguments say.
    public init() {}

    /// Refuses some without the others.
    ///
    /// - Throws: `ValidationError`.
    public func validate() throws {
        guard [certificate, key, authority].count(where: { $0 != nil }) % 3 == 0 else {
            throw ValidationError("--certificate, --key and --authority go together")
        }
    }

    /// What the files say; nil if none are named.
    ///
    /// - Throws: `TransportSecurity.Failure`.
    public func security() throws(TransportSecurity.Failure) -> TransportSecurity? {
        guard let certificate, let key, let authority else { return nil }
        return try TransportSecurity(certificate: certificate, key: key, authority: authority)
    }
}
