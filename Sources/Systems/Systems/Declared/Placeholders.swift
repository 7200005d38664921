internal import Foundation
internal import Plans
internal import Topologies

/// Words in braces that stand for what differs from node to node: `{address}` for example.
struct Placeholders: Sendable {
    /// What every system that a plan declares can use.
    static let standard = ["name", "number", "address", "data", "folder", "first", "others"]

    private let pieces: [(name: String, template: String)]

    /// The standard ones, and those of a plan's `each`: one piece a node, joined by commas.
    init(each pieces: [(name: String, template: String)]) { self.pieces = pieces }

    /// Every name that can stand in braces.
    var names: [String] { Self.standard + pieces.map(\.name) }

    /// Refuses braces with an unknown word in them.
    ///
    /// - Throws: `PlanError` with the nearest word, at the key.
    func check(_ text: String, at key: String) throws(PlanError) {
        for word in Self.words(in: text) where !names.contains(word) {
            throw PlanError(
                "\(key): " + NearestWord.refusal(of: word, what: "placeholder", known: names))
        }
        if Self.words(in: text).contains("others"), template(named: "others") == nil {
            throw PlanError(
                "\(key): {others} stands for a piece for each other node; say which "
                    + "with each: {peers: ...}")
        }
    }

    /// Refuses a process of a node with an unknown word in braces.
    ///
    /// - Throws: `PlanError` with the nearest word, at the process.
    func check(_ process: DeclaredProcess) throws(PlanError) {
        let place = "system.processes: \(process.name)"
        for text in process.start + process.join { try check(text, at: place) }
        for entry in process.environment {
            for text in [entry.key, entry.value.text ?? ""] { try check(text, at: place) }
        }
        if case .http(let url) = process.ready?.source { try check(url, at: place) }
    }

    /// The text for a node.
    func fill(_ text: String, for node: Node, in folder: String, of topology: Topology) -> String {
        var filled = text
        for word in Set(Self.words(in: text)) {
            filled = filled.replacing(
                "{\(word)}", with: value(of: word, for: node, in: folder, of: topology))
        }
        return filled
    }

    private func value(
        of word: String, for node: Node, in folder: String, of topology: Topology
    ) -> String {
        switch word {
        case "name": return "\(node.name)"
        case "number": return "\(node.name.number)"
        case "address": return "\(node.address)"
        case "data": return folder + "/data"
        case "folder": return folder
        case "first": return "\(topology.nodes[0].address)"
        default:
            guard let template = template(named: word) else { return "{\(word)}" }
            let nodes = word == "others" ? topology.nodes.filter { $0 != node } : topology.nodes
            return nodes.map { other in
                Self.simple(template, for: other)
            }.joined(separator: ",")
        }
    }

    /// The template of `each` with that name; `others` is that of `peers` but for the node itself.
    private func template(named word: String) -> String? {
        pieces.first { $0.name == word }?.template
            ?? (word == "others" ? pieces.first { $0.name == "peers" }?.template : nil)
    }

    /// A piece of a list, which has only what is a node's own.
    private static func simple(_ template: String, for node: Node) -> String {
        template.replacing("{name}", with: "\(node.name)")
            .replacing("{number}", with: "\(node.name.number)")
            .replacing("{address}", with: "\(node.address)")
    }

    /// Refuses a piece with anything else in it.
    ///
    /// - Throws: `PlanError` with the nearest word.
    func checkPieces() throws(PlanError) {
        let known = ["name", "number", "address"]
        for piece in pieces {
            for word in Self.words(in: piece.template) where !known.contains(word) {
                throw PlanError(
                    "system.each: \(piece.name): "
                        + NearestWord.refusal(of: word, what: "placeholder", known: known))
            }
        }
    }

    /// The words in braces; a brace that does not enclose a word is an ordinary one, as in JSON.
    static func words(in text: String) -> [String] {
        text.matches(of: /\{([A-Za-z][A-Za-z_-]*)\}/).map { String($0.output.1) }
    }
}
