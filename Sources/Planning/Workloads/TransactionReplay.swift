internal import Histories

/// One folder's transactions in the order of their revisions.
struct TransactionReplay {
    typealias Wrong = (sentence: String, operations: [Int])
    private typealias Write = Transaction.Write

    private let transactions: [Transaction]
    /// Who wrote a value at a key.
    private var writers: [Write: Int] = [:]
    /// Where transactions stand: by their own word, or by what others read of them.
    private var places: [Int: Int] = [:]
    /// Who stands at a revision, of those who write.
    private var order: [Int: Int] = [:]
    /// The revisions at which a key was written, growing, each with its transaction.
    private var versions: [Value: [(revision: Int, by: Int)]] = [:]
    private var wrong: [Wrong] = []

    init(_ transactions: [Transaction]) {
        self.transactions = transactions
        for (index, transaction) in transactions.enumerated() {
            for write in transaction.writes { writers[write] = index }
        }
    }

    /// Everything that contradicts the order.
    mutating func run() -> [Wrong] {
        placeAcknowledged()
        placeSeen()
        for (index, revision) in places {
            for write in transactions[index].writes {
                versions[write.key, default: []].append((revision, index))
            }
        }
        for key in versions.keys { versions[key]?.sort { $0.revision < $1.revision } }
        for transaction in transactions { checkReads(of: transaction) }
        checkTime()
        return wrong
    }

    // MARK: The order

    private mutating func placeAcknowledged() {
        for (index, transaction) in transactions.enumerated() {
            guard let revision = transaction.revision else { continue }
            places[index] = revision
            guard !transaction.writes.isEmpty else { continue }
            if let other = order[revision] {
                note(
                    "\(words(index)) wrote at revision \(revision), as \(words(other)) did",
                    [other, index])
            } else {
                order[revision] = index
            }
        }
    }

    /// Places those of unknown outcome where somebody saw them.
    private mutating func placeSeen() {
        for (reader, transaction) in transactions.enumerated() {
            for read in transaction.reads where read.value != .null { place(read, by: reader) }
        }
    }

    private mutating func place(_ read: Transaction.Read, by reader: Int) {
        let sight =
            "\(words(reader)) read \(read.value) at key \(read.key), put there at revision "
            + "\(read.written)"
        guard let writer = writers[Write(key: read.key, value: read.value)] else {
            return note("\(sight), which nobody wrote", [reader])
        }
        if case .failed = transactions[writer].operation.outcome {
            return note(
                "\(sight), which \(words(writer)) had been refused to write", [writer, reader])
        }
        if let place = places[writer] {
            guard place != read.written else { return }
            return note(
                "\(sight), but \(words(writer)) wrote it at revision \(place)", [writer, reader])
        }
        if let other = order[read.written] {
            return note("\(sight), at which \(words(other)) wrote", [other, reader])
        }
        places[writer] = read.written
        order[read.written] = writer
    }

    // MARK: What was read

    private mutating func checkReads(of transaction: Transaction) {
        guard let seen = transaction.seen else { return }
        var reads = transaction.reads
        if transaction.operation.function == "read" {
            // What a read of everything leaves out holds nothing.
            let named = Set(reads.map(\.key))
            reads += versions.keys.filter { !named.contains($0) }.sorted { "\($0)" < "\($1)" }
                .map { Transaction.Read(key: $0, value: .null, written: 0) }
        }
        for read in reads {
            let sight =
                "\(transaction.operation.who) read \(read.value) at key \(read.key) as of revision "
                + "\(seen)"
            if read.written > seen {
                wrong.append(
                    (
                        "\(sight), though that was put there at revision \(read.written) only",
                        [transaction.operation.id]
                    ))
            } else if let last = last(of: read.key, upTo: seen), last.revision > read.written {
                let value =
                    transactions[last.by].writes.last { $0.key == read.key }?.value ?? .null
                let from = read.written > 0 ? " (of revision \(read.written))" : ""
                wrong.append(
                    (
                        "\(sight)\(from), but \(words(last.by)) had written \(value) there at "
                            + "revision \(last.revision)",
                        [transactions[last.by].operation.id, transaction.operation.id]
                    ))
            }
        }
    }

    private func last(of key: Value, upTo revision: Int) -> (revision: Int, by: Int)? {
        guard let all = versions[key] else { return nil }
        let place = all.partition { $0.revision > revision }
        return place > 0 ? all[place - 1] : nil
    }

    // MARK: Time

    /// Whoever asks after another was answered comes later, or sees at least as much.
    private mutating func checkTime() {
        let placed = places.keys.sorted()
        let starts = placed.sorted {
            transactions[$0].operation.invocation < transactions[$1].operation.invocation
        }
        let ends = placed.filter { transactions[$0].revision != nil }
            .sorted {
                transactions[$0].operation.completion < transactions[$1].operation.completion
            }
        var (next, highest) = (ends.startIndex, -1)
        for index in starts {
            let start = transactions[index].operation.invocation
            while next < ends.endIndex, transactions[ends[next]].operation.completion < start {
                if highest < 0 || place(ends[next]) > place(highest) { highest = ends[next] }
                next += 1
            }
            guard highest >= 0, place(index) < place(highest) else { continue }
            note(
                "\(words(index)) came at revision \(place(index)), though \(words(highest)) had been "
                    + "answered at revision \(place(highest)) before it was asked",
                [highest, index])
        }
    }

    private func place(_ index: Int) -> Int { places[index] ?? 0 }

    // MARK: Words

    private mutating func note(_ sentence: String, _ indices: [Int]) {
        wrong.append((sentence, indices.map { transactions[$0].operation.id }))
    }

    private func words(_ index: Int) -> String {
        let transaction = transactions[index]
        let kind = transaction.writes.isEmpty ? "a read" : "a transaction"
        return "\(kind) by \(transaction.operation.who)"
    }
}
