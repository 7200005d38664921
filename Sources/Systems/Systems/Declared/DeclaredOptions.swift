internal import Plans

extension PlanOption where Value == [String] {
    /// A list of words; empty if it is not given.
    init(list name: String, _ summary: String) {
        self.init(name, default: [], written: nil, summary) { tree throws(PlanRefusal) in
            let texts = try tree.texts()
            guard texts.first?.isEmpty == false else { throw PlanRefusal("is an empty list") }
            return texts
        }
    }
}

extension PlanOption where Value == [PlanTree.Entry] {
    /// Names with a text each; none if it is not given.
    init(map name: String, _ summary: String) {
        self.init(name, default: [], written: nil, summary) { tree throws(PlanRefusal) in
            guard let entries = tree.entries else {
                throw PlanRefusal("has keys of its own, each with a text")
            }
            for entry in entries { _ = try entry.value.scalar() }
            return entries
        }
    }
}

/// How it is known what a node is: `client`, or `{log: REGEX}`, or `{http: URL, ...}`, or
/// `{tcp: PORT}`.
struct Inquiry: Hashable, Sendable {
    /// Where the answer is found.
    enum Source: Hashable, Sendable {
        /// The client program is asked.
        case client
        /// The last line of the node's log that matches.
        case log(String)
        /// A page of the node's.
        case http(String)
        /// Whether the node listens on a port.
        case tcp(Int)
    }

    let source: Source
    /// The status that a page must have.
    var expected = 200
    /// Where in a page's JSON it stands whether the node leads.
    var leader: String?
    /// Where in a page's JSON the term stands.
    var term: String?
    /// Whether a page tells both of one moment, so that they can contradict another node's.
    var isExact = false
}

extension PlanOption where Value == Inquiry {
    /// An inquiry with these of its forms.
    init(_ name: String, forms: [String], _ summary: String) {
        self.init(name, default: Inquiry(source: .client), written: .text("client"), summary) {
            tree throws(PlanRefusal) in
            try Inquiry(tree, forms: forms)
        }
    }
}

extension Inquiry {
    fileprivate init(_ tree: PlanTree, forms: [String]) throws(PlanRefusal) {
        let words = "write client" + forms.map { ", or {\($0): ...}" }.joined()
        guard let entries = tree.entries else {
            guard try tree.scalar() == "client" else { throw PlanRefusal("\(words)") }
            self.init(source: .client)
            return
        }
        guard let form = entries.first(where: { forms.contains($0.key) }) else {
            throw PlanRefusal(words)
        }
        let text = try form.value.scalar()
        switch form.key {
        case "tcp":
            guard let port = Int(text), (1...65_535).contains(port) else {
                throw PlanRefusal("tcp: '\(text)' is no port")
            }
            self.init(source: .tcp(port))
        case "log":
            guard (try? Regex(text)) != nil else {
                throw PlanRefusal("log: '\(text)' is no regular expression")
            }
            self.init(source: .log(text))
        default: self.init(source: .http(text))
        }
        let known = [form.key] + (form.key == "http" ? ["expect", "leader", "term", "exact"] : [])
        for entry in entries where entry != form {
            guard known.contains(entry.key) else {
                throw PlanRefusal(
                    NearestWord.refusal(of: entry.key, what: "key", known: known))
            }
            let text = try entry.value.scalar()
            switch entry.key {
            case "expect":
                guard let status = Int(text), (100...599).contains(status) else {
                    throw PlanRefusal("expect: '\(text)' is no status of HTTP")
                }
                expected = status
            case "leader": leader = text
            case "exact":
                guard let isExact = Bool(text) else {
                    throw PlanRefusal("exact: write true or false, not '\(text)'")
                }
                self.isExact = isExact
            default: term = text
            }
        }
    }
}
