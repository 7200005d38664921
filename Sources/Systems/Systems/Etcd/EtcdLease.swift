/// What the gateway says and is told of leases.
enum EtcdLease {
    /// Asks for a lease of so many seconds.
    struct Grant: Encodable {
        let timeToLive: Int
        enum CodingKeys: String, CodingKey { case timeToLive = "TTL" }
    }

    /// A lease.
    struct Granted: Decodable {
        let id: String
        enum CodingKeys: String, CodingKey { case id = "ID" }
    }

    /// Asks for a lease's whole life again, or for its end.
    struct Request: Encodable {
        let id: String
        enum CodingKeys: String, CodingKey { case id = "ID" }
    }

    /// The reply to a renewal, the first of a stream that ends with its request.
    struct Renewal: Decodable {
        struct Result: Decodable {
            let id: String?
            let timeToLive: String?
            enum CodingKeys: String, CodingKey {
                case id = "ID"
                case timeToLive = "TTL"
            }

            /// How long the lease lives now; 0 if it is gone, which JSON leaves out; nil if that is no
            /// number.
            var seconds: Int? { timeToLive.map { Int($0) } ?? 0 }
        }
        struct Failure: Decodable {
            let message: String?
        }
        let result: Result?
        let error: Failure?
    }
}
