/// The reply to a read of keys.
struct EtcdRange: Decodable {
    struct Request: Encodable {
        let key: String
        var rangeEnd: String?
        var serializable: Bool?
        var revision: String?

        enum CodingKeys: String, CodingKey {
            case key, serializable, revision
            case rangeEnd = "range_end"
        }

        init(
            key: String, rangeEnd: String? = nil, serializable: Bool? = nil,
            revision: String? = nil
        ) {
            self.key = key
            self.rangeEnd = rangeEnd
            self.serializable = serializable
            self.revision = revision
        }

        /// Every key below a folder, `set/5/` for example.
        init(folder: String) {
            // The byte after the slash ends the range.
            self.init(
                key: EtcdGateway.encoded(folder + "/"), rangeEnd: EtcdGateway.encoded(folder + "0"))
        }
    }

    struct Pair: Codable {
        var key: String?
        var value: String?
        var modRevision: String?

        enum CodingKeys: String, CodingKey {
            case key, value
            case modRevision = "mod_revision"
        }
    }

    let header: EtcdGateway.Header?
    let kvs: [Pair]?
}

/// The reply to a put, which has nothing but a header.
struct EtcdPut: Decodable {
    let header: EtcdGateway.Header
}

/// The reply to a deletion.
struct EtcdDeletion: Decodable {
    struct Request: Encodable {
        let key: String
    }
    let header: EtcdGateway.Header
    let deleted: String?

    /// Whether the key was there.
    var hasDeleted: Bool { deleted == "1" }
}

/// A transaction that compares one key and then puts one.
struct EtcdTransaction: Encodable {
    struct Compare: Encodable {
        let key: String
        let target: String
        let result = "EQUAL"
        var value: String?
        var modRevision: String?

        enum CodingKeys: String, CodingKey {
            case key, target, result, value
            case modRevision = "mod_revision"
        }
    }

    struct Operation: Encodable {
        let requestPut: EtcdRange.Pair
    }

    struct Reply: Decodable {
        let header: EtcdGateway.Header
        let succeeded: Bool?
    }

    let compare: [Compare]
    let success: [Operation]

    /// Puts a value if something else is the case.
    init(if compare: Compare, put value: String, at key: String) {
        self.compare = [compare]
        success = [Operation(requestPut: EtcdRange.Pair(key: key, value: value))]
    }
}
