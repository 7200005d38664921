/// The reply to a read of keys.
struct EtcdRange: Decodable {
    struct Request: Encodable {
        let key: String
        var serializable: Bool?
        var revision: String?
    }
    struct Pair: Codable {
        var key: String?
        var value: String?
    }
    let header: EtcdGateway.Header?
    let kvs: [Pair]?
}
