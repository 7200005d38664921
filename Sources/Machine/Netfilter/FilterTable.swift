internal import CIPTC
import Glibc

/// The kernel's filter table of the current network namespace, through libiptc.
///
/// A transaction reads the table, changes the copy, and commits it: the kernel replaces the
/// whole table at once, so that every packet sees either all changes or none. libiptc takes no
/// lock, so a commit fails if another program changed the table meanwhile: the transaction takes
/// the lock that the iptables programs take, where there is one, and tries again.
public enum FilterTable {
    /// A chain that the kernel has by itself.
    public enum Hook: String, Sendable {
        /// Packets for this host.
        case input = "INPUT"
        /// Packets that pass through this host.
        case forward = "FORWARD"
        /// Packets from this host.
        case output = "OUTPUT"
    }

    private static let attempts = 5

    /// Runs the changes and commits them at once.
    ///
    /// - Throws: `NetfilterError` if the kernel refuses; nothing has changed then.
    public static func transaction<Result>(
        _ changes: (borrowing Transaction) throws(NetfilterError) -> Result
    ) throws(NetfilterError) -> Result {
        let lock = Lock()
        defer { lock.release() }
        for _ in 1..<attempts {
            do {
                return try attempt(changes)
            } catch  where error.code == EAGAIN || error.code == EINVAL {
                continue
            }
        }
        return try attempt(changes)
    }

    private static func attempt<Result>(
        _ changes: (borrowing Transaction) throws(NetfilterError) -> Result
    ) throws(NetfilterError) -> Result {
        let transaction = try Transaction()
        let result = try changes(transaction)
        try transaction.commit()
        return result
    }

    /// What each rule of a chain has caught so far, in order.
    ///
    /// - Throws: `NetfilterError` if there is no such chain.
    public static func counters(of chain: String) throws(NetfilterError) -> [Counters] {
        try Transaction().counters(of: chain)
    }

    /// Whether the chain exists.
    ///
    /// - Throws: `NetfilterError` if the table cannot be read.
    public static func hasChain(_ chain: String) throws(NetfilterError) -> Bool {
        try Transaction().hasChain(chain)
    }
}

extension FilterTable {
    /// A copy of the table, changed but not yet committed.
    public struct Transaction: ~Copyable {
        private let handle: OpaquePointer

        init() throws(NetfilterError) {
            guard let handle = iptc_init("filter") else {
                throw NetfilterError(.read, table: "filter")
            }
            self.handle = handle
        }

        deinit { iptc_free(handle) }

        /// Adds an empty chain.
        ///
        /// - Throws: `NetfilterError` if there is one of that name.
        public func createChain(_ chain: String) throws(NetfilterError) {
            try check(iptc_create_chain(chain, handle), .createChain, chain)
        }

        /// Removes a chain, its rules first.
        ///
        /// - Throws: `NetfilterError` if there is none, or another chain jumps to it.
        public func deleteChain(_ chain: String) throws(NetfilterError) {
            try check(iptc_flush_entries(chain, handle), .flush, chain)
            try check(iptc_delete_chain(chain, handle), .deleteChain, chain)
        }

        /// Adds a rule at the end of a chain.
        ///
        /// - Throws: `NetfilterError` if the chain or the rule's target is unknown.
        public func append(_ rule: Rule, to chain: String) throws(NetfilterError) {
            let handle = handle
            let isDone = RuleEntry(rule).withEntry { iptc_append_entry(chain, $0, handle) }
            try check(isDone, .append, chain)
        }

        /// Adds a rule at the start of a chain.
        ///
        /// - Throws: `NetfilterError` if the chain or the rule's target is unknown.
        public func prepend(_ rule: Rule, to chain: String) throws(NetfilterError) {
            let handle = handle
            let isDone = RuleEntry(rule).withEntry { iptc_insert_entry(chain, $0, 0, handle) }
            try check(isDone, .append, chain)
        }

        /// Adds a rule to a chain before the first that jumps to a chain whose own first rule gives
        /// packets to a queue; at the end if there is none.
        ///
        /// - Throws: `NetfilterError` if the chain or the rule's target is unknown.
        public func insertBeforeQueues(_ rule: Rule, to chain: String) throws(NetfilterError) {
            var place: UInt32 = 0
            for target in targets(of: chain) {
                if givesToQueue(target) { break }
                place += 1
            }
            let handle = handle
            let number = place
            let isDone = RuleEntry(rule).withEntry {
                iptc_insert_entry(chain, $0, number, handle)
            }
            try check(isDone, .append, chain)
        }

        /// What each rule of a chain does, by its name.
        private func targets(of chain: String) -> [String] {
            var targets: [String] = []
            var entry = iptc_first_rule(chain, handle)
            while let current = entry {
                let name = iptc_get_target(current, handle)
                targets.append(name.map { String(cString: $0) } ?? "")
                entry = iptc_next_rule(current, handle)
            }
            return targets
        }

        /// Whether a chain's first rule gives packets to a queue.
        ///
        /// The library has one place in its rules at a time: not to be asked while others are read.
        private func givesToQueue(_ chain: String) -> Bool {
            guard iptc_is_chain(chain, handle) != 0, let first = iptc_first_rule(chain, handle),
                let target = iptc_get_target(first, handle)
            else { return false }
            return String(cString: target) == "NFQUEUE"
        }

        /// Removes the rules of a chain that jump to another one.
        ///
        /// - Throws: `NetfilterError` if the kernel's copy cannot be changed.
        public func removeJumps(to target: String, from chain: String) throws(NetfilterError) {
            var number: UInt32 = 0
            var entry = iptc_first_rule(chain, handle)
            while let current = entry {
                entry = iptc_next_rule(current, handle)
                if let name = iptc_get_target(current, handle), String(cString: name) == target {
                    try check(iptc_delete_num_entry(chain, number, handle), .delete, chain)
                } else {
                    number += 1
                }
            }
        }

        /// Whether the chain exists.
        public func hasChain(_ chain: String) -> Bool { iptc_is_chain(chain, handle) != 0 }

        func counters(of chain: String) throws(NetfilterError) -> [Counters] {
            guard hasChain(chain) else {
                errno = ENOENT
                throw NetfilterError(.read, table: chain)
            }
            var counters: [Counters] = []
            var entry = iptc_first_rule(chain, handle)
            while let current = entry {
                let counts = current.pointee.counters
                counters.append(
                    Counters(packets: Int(clamping: counts.pcnt), bytes: Int(clamping: counts.bcnt))
                )
                entry = iptc_next_rule(current, handle)
            }
            return counters
        }

        func commit() throws(NetfilterError) {
            try check(iptc_commit(handle), .commit, "filter")
        }

        private func check(
            _ isDone: CInt, _ action: NetfilterError.Action, _ chain: String
        ) throws(NetfilterError) {
            guard isDone != 0 else { throw NetfilterError(action, table: chain) }
        }
    }

    /// The lock file of the iptables programs, where this user can write it.
    private struct Lock {
        private let descriptor: CInt

        init() {
            descriptor = open("/run/xtables.lock", O_RDONLY | O_CREAT | O_CLOEXEC, 0o600)
            if descriptor >= 0 { flock(descriptor, LOCK_EX) }
        }

        func release() {
            if descriptor >= 0 { close(descriptor) }
        }
    }
}

/// Why the kernel's table could not be read or changed.
public struct NetfilterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done.
    public enum Action: String, Hashable, Sendable {
        /// Reading the table or a chain.
        case read
        /// Adding a chain.
        case createChain = "create chain"
        /// Removing a chain.
        case deleteChain = "delete chain"
        /// Adding a rule.
        case append = "append rule"
        /// Removing a rule.
        case delete = "delete rule"
        /// Removing the rules of a chain.
        case flush
        /// Replacing the table.
        case commit
    }

    /// What was being done.
    public let action: Action
    /// To which table or chain.
    public let table: String
    /// The errno that libiptc left.
    public let code: Int32
    private let words: String

    init(_ action: Action, table: String) {
        code = errno
        words = String(cString: iptc_strerror(code))
        self.action = action
        self.table = table
    }

    /// What failed and what to do.
    public var description: String {
        let advice =
            switch code {
            case EPERM, EACCES: "; only root, or the root of a lab of its own, may do that"
            case ENOENT, ENOPROTOOPT:
                "; does this kernel have legacy tables (modprobe ip_tables, iptable_filter)?"
            default: ""
            }
        return "libiptc: \(action.rawValue) \(table): \(words) (errno \(code))\(advice)"
    }
}
