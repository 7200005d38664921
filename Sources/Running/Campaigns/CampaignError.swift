/// Why a campaign's folder could not be written or read.
public struct CampaignError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// The reason and what to do.
    public let why: String

    /// The path and the reason.
    public var description: String { "\(path): \(why)" }
}
