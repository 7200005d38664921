/// The same rules in the language of nft (<https://wiki.nftables.org>), for kernels without the
/// legacy tables: a table of its own for each set of rules, so that one command removes them.
///
/// Pure: somebody else runs the program.
public enum NFTables {
    /// A script for `nft -f -` that adds a table, all of it at once.
    public static func script(
        adding rules: [Rule], to table: String, at hooks: [FilterTable.Hook]
    ) -> String {
        let priority = priority(of: rules)
        let body = rules.map { "    \(text(of: $0))\n" }.joined()
        let chains = hooks.map { hook in
            """
              chain \(hook.rawValue.lowercased()) {
                type filter hook \(hook.rawValue.lowercased()) priority \(priority); policy accept;
                jump rules
              }

            """
        }
        return "table ip \(table) {\n  chain rules {\n\(body)  }\n\(chains.joined())}\n"
    }

    /// Tables are asked in this order: those that lose packets, those that hold them until a release
    /// and lose probes, those that make all of them late.
    private static func priority(of rules: [Rule]) -> Int {
        rules.first?.isQueue ?? false ? 2 : rules.contains(where: \.isQueue) ? 1 : 0
    }

    /// A script that removes a table.
    public static func script(removing table: String) -> String { "delete table ip \(table)\n" }

    /// One rule, with a counter.
    static func text(of rule: Rule) -> String {
        var words: [String] = []
        if let source = rule.source { words.append("ip saddr \(source)") }
        if let destination = rule.destination { words.append("ip daddr \(destination)") }
        if let port = rule.udpPort { words.append("udp dport \(port)") }
        if let probability = rule.probability {
            let share = Int((min(max(probability, 0), 1) * 1_000_000).rounded())
            words.append("numgen random mod 1000000 < \(share)")
        }
        return (words + ["counter", verdict(rule.target)]).joined(separator: " ")
    }

    private static func verdict(_ target: Rule.Target) -> String {
        switch target {
        case .drop: "drop"
        case .goBack: "return"
        case .queue(let number): "queue flags bypass to \(number)"
        case .jump(let chain): "jump \(chain)"
        }
    }

    /// The counters that `nft list table ip NAME` shows for the rules, in their order.
    public static func counters(in listing: String) -> [Counters] {
        listing.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "counter"), words.count > place + 4,
                words[place + 1] == "packets", let packets = Int(words[place + 2]),
                words[place + 3] == "bytes", let bytes = Int(words[place + 4])
            else { return nil }
            return Counters(packets: packets, bytes: bytes)
        }
    }
}
