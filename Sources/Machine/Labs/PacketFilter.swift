internal import Foundation
internal import Netfilter

/// How rules get into the kernel of a lab: through libiptc, or by the nft program where the
/// kernel has no legacy tables.
public enum PacketFilter: Hashable, Sendable {
    /// libiptc: one commit of some 20 microseconds.
    case legacy
    /// A process of nft for each change: some milliseconds.
    case nft(Program)

    /// What this network namespace has: legacy tables, or else nft.
    ///
    /// - Throws: the refusal of the legacy tables if nft is not there either.
    public static func available() throws -> PacketFilter {
        do {
            _ = try FilterTable.hasChain(LabNetwork.chain)
            return .legacy
        } catch {
            guard let nft = try? Program("nft", package: "nftables"), (try? probeNFT()) != nil
            else { throw error }
            return .nft(nft)
        }
    }

    /// Whether nft works in this network namespace.
    ///
    /// - Throws: `LabError` if the program is missing or the kernel refuses it.
    static func probeNFT() throws {
        let nft = try Program("nft", package: "nftables")
        try run(nft, ["-f", "-"], input: "table ip ww_doctor {}\ndelete table ip ww_doctor\n")
    }

    /// Prepares an empty namespace.
    func setUp() throws {
        guard case .legacy = self else { return }
        try FilterTable.transaction { table throws(NetfilterError) in
            try table.createChain(LabNetwork.chain)
            try table.prepend(
                Rule(.jump(chain: LabNetwork.chain)), to: FilterTable.Hook.forward.rawValue)
        }
    }

    /// Adds the rules under a name, all at once.
    ///
    /// A packet that a queue has let go meets no further rules, so rules that queue come behind
    /// all others; and those that hold probes as well, which only make packets late, behind those
    /// that lose them, which hold packets as long as a cut lasts.
    func add(_ rules: [Rule], named name: String, at hooks: [FilterTable.Hook]) throws {
        switch self {
        case .legacy:
            try FilterTable.transaction { table throws(NetfilterError) in
                try table.createChain(name)
                for rule in rules { try table.append(rule, to: name) }
                for hook in hooks {
                    let jump = Rule(.jump(chain: name))
                    if rules.first?.isQueue ?? false {
                        try table.append(jump, to: Self.chain(hook))
                    } else if rules.contains(where: \.isQueue) {
                        try table.insertBeforeQueues(jump, to: Self.chain(hook))
                    } else {
                        try table.prepend(jump, to: Self.chain(hook))
                    }
                }
            }
        case .nft(let nft):
            try Self.run(
                nft, ["-f", "-"],
                input: NFTables.script(adding: rules, to: Self.table(name), at: hooks))
        }
    }

    /// What each rule under a name has caught so far.
    func counters(of name: String) throws -> [Counters] {
        switch self {
        case .legacy: try FilterTable.counters(of: name)
        case .nft(let nft):
            NFTables.counters(in: try Self.run(nft, ["list", "table", "ip", Self.table(name)]))
        }
    }

    /// Removes the rules under a name, all at once.
    func remove(_ name: String, from hooks: [FilterTable.Hook]) throws {
        switch self {
        case .legacy:
            try FilterTable.transaction { table throws(NetfilterError) in
                for hook in hooks { try table.removeJumps(to: name, from: Self.chain(hook)) }
                try table.deleteChain(name)
            }
        case .nft(let nft):
            try Self.run(nft, ["-f", "-"], input: NFTables.script(removing: Self.table(name)))
        }
    }

    /// Traffic between nodes goes through the lab's own chain.
    private static func chain(_ hook: FilterTable.Hook) -> String {
        hook == .forward ? LabNetwork.chain : hook.rawValue
    }

    /// nft knows no hyphens in names.
    private static func table(_ name: String) -> String {
        name.lowercased().replacing("-", with: "_")
    }

    /// Runs nft to its end on this thread: a commit is to be over when the call returns.
    ///
    /// Through the shell, as Foundation's processes want a loopback device, which a new namespace
    /// does not have yet; no script and no path holds a quotation mark.
    @discardableResult
    private static func run(
        _ nft: Program, _ arguments: [String], input: String = ""
    ) throws -> String {
        let command = "'\(nft.path)' " + arguments.joined(separator: " ")
        guard let pipe = popen("printf %s '\(input)' | \(command) 2>&1", "r") else {
            throw LabError.systemCall("popen of nft", code: errno, advice: "is there a /bin/sh?")
        }
        var output: [UInt8] = []
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            while case let count = fread(buffer.baseAddress, 1, buffer.count, pipe), count > 0 {
                output += buffer[..<count]
            }
        }
        let status = pclose(pipe)
        let text = String(decoding: output, as: UTF8.self)
        guard status == 0 else {
            throw LabError.commandFailed(
                command: "nft " + arguments.joined(separator: " "), status: "wait status \(status)",
                output: text)
        }
        return text
    }
}
