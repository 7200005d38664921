internal import Foundation
internal import GRDB

/// An index of run folders: one SQLite file beside them, which can be made anew from them.
///
/// Several processes may write at once: each write is one transaction, and waits for others.
public struct Archive: Sendable {
    private let database: DatabasePool

    /// Opens the archive of a results folder, or makes it, and brings an older one up to date.
    ///
    /// - Throws: `ArchiveError` if the file cannot be opened, or is of a newer version.
    public init(file: String) throws(ArchiveError) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(30)
            database = try DatabasePool(path: file, configuration: configuration)
            let migrator = Self.migrator
            if try database.read(migrator.hasBeenSuperseded) {
                throw ArchiveError(
                    file: file,
                    why: "was written by a newer whitewater; use that, or remove the file and run "
                        + "`whitewater index`, which makes it anew from the run folders")
            }
            try Self.exclusively(file + ".lock") { try migrator.migrate(database) }
        } catch let error as ArchiveError {
            throw error
        } catch {
            throw ArchiveError(
                file: file,
                why: "\(error); if the file is damaged, remove it and run `whitewater index`, "
                    + "which makes it anew from the run folders")
        }
    }

    /// Opens an archive that is there for reading alone; several processes may write meanwhile.
    ///
    /// - Throws: `ArchiveError` if there is none, or one of another version.
    public init(reading file: String) throws(ArchiveError) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            database = try DatabasePool(path: file, configuration: configuration)
            guard try database.read(Self.migrator.hasCompletedMigrations) else {
                throw ArchiveError(file: file, why: "is of another version; run `whitewater index`")
            }
        } catch let error as ArchiveError {
            throw error
        } catch {
            throw ArchiveError(file: file, why: "\(error)")
        }
    }

    /// Two processes that open a new archive at once would both make its tables.
    private static func exclusively(_ lock: String, _ body: () throws -> Void) throws {
        let descriptor = open(lock, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            throw ArchiveError(file: lock, why: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        try body()
    }

    /// Adds a run, or replaces what is known of its folder.
    ///
    /// - Throws: `DatabaseError`.
    public func record(_ row: RunRow) throws { try record([row]) }

    /// Adds runs in one transaction.
    ///
    /// - Throws: `DatabaseError`; none is added then.
    public func record(_ rows: [RunRow]) throws {
        try database.write { database in
            for row in rows {
                try database.execute(
                    sql: "DELETE FROM runs WHERE folder = ?", arguments: [row.folder])
                try Self.insert(row, into: database)
            }
        }
    }

    /// Forgets all runs but these, and but those that are there all the same: another process may
    /// have recorded one since somebody looked for these.
    ///
    /// - Parameters:
    ///   - rows: The runs that somebody has found.
    ///   - isThere: Whether a run's folder, relative to the archive's, has results.
    /// - Throws: `DatabaseError`; nothing has changed then.
    public func replaceAll(with rows: [RunRow], isThere: (String) -> Bool) throws {
        try database.write { database in
            let known = try String.fetchAll(database, sql: "SELECT folder FROM runs")
            let found = Set(rows.map(\.folder))
            for folder in known where found.contains(folder) || !isThere(folder) {
                try database.execute(
                    sql: "DELETE FROM runs WHERE folder = ?", arguments: [folder])
            }
            for row in rows { try Self.insert(row, into: database) }
        }
    }

    /// Forgets all runs of a campaign but these.
    ///
    /// - Throws: `DatabaseError`; nothing has changed then.
    public func replaceRuns(of campaign: String, with rows: [RunRow]) throws {
        try database.write { database in
            try database.execute(
                sql: "DELETE FROM runs WHERE campaign = ?", arguments: [campaign])
            for row in rows { try Self.insert(row, into: database) }
        }
    }

    /// Every run, by the time when it began; those of one campaign if one is named.
    ///
    /// - Throws: `DatabaseError`.
    public func runs(of campaign: String? = nil) throws -> [RunRow] {
        try database.read { database in
            let records = try Row.fetchAll(
                database,
                sql: "SELECT * FROM runs WHERE :campaign IS NULL OR campaign = :campaign "
                    + "ORDER BY started, folder", arguments: ["campaign": campaign])
            let faults = Dictionary(
                grouping: try Row.fetchAll(database, sql: "SELECT * FROM faults ORDER BY kind"),
                by: { $0["folder"] as String })
            let failures = Dictionary(
                grouping: try Row.fetchAll(
                    database, sql: "SELECT * FROM failures ORDER BY series, anomaly, situation"),
                by: { $0["folder"] as String })
            return try records.map { record in
                let folder: String = record["folder"]
                return try RunRow(
                    record, faults: faults[folder] ?? [], failures: failures[folder] ?? [])
            }
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("runs, faults, failures") { database in
            try database.create(table: "runs") { table in
                table.primaryKey("folder", .text)
                table.column("campaign", .text).indexed()
                table.column("number", .integer)
                table.column("attempt", .integer)
                for name in ["cell", "plan", "system", "version", "harness"] {
                    table.column(name, .text).notNull()
                }
                table.column("commit", .text)
                // A seed uses all 64 bits, and SQLite's integers have a sign.
                table.column("seed", .text).notNull()
                table.column("verdict", .text).notNull()
                table.column("expectsViolation", .boolean).notNull()
                table.column("started", .text).notNull().indexed()
                table.column("seconds", .double).notNull()
                for name in ["ok", "failed", "unknown"] { table.column(name, .integer).notNull() }
                for name in ["worstOutage", "slowestRecovery", "medianLatency", "p99Latency"] {
                    table.column(name, .double)
                }
            }
            try database.create(table: "faults") { table in
                table.column("folder", .text).notNull().indexed()
                    .references("runs", onDelete: .cascade)
                table.column("kind", .text).notNull()
                table.column("tried", .integer).notNull()
                table.column("bit", .integer).notNull()
                table.column("slowestRecovery", .double)
            }
            try database.create(table: "failures") { table in
                table.column("folder", .text).notNull().indexed()
                    .references("runs", onDelete: .cascade)
                for name in ["series", "anomaly", "situation"] {
                    table.column(name, .text).notNull()
                }
                table.column("count", .integer).notNull()
                table.column("example", .text).notNull()
            }
        }
        migrator.registerMigration("failures name the system") { database in
            try database.alter(table: "failures") { table in
                table.add(column: "system", .text).notNull().defaults(to: "")
            }
        }
        migrator.registerMigration("failures have a time") { database in
            try database.alter(table: "failures") { table in table.add(column: "first", .double) }
        }
        // Unknown of runs that were recorded before; making the index anew fills it in.
        migrator.registerMigration("faults have an outage") { database in
            try database.alter(table: "faults") { table in
                table.add(column: "longestOutage", .double)
            }
        }
        return migrator
    }

    private static func insert(_ row: RunRow, into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO runs VALUES (:folder, :campaign, :number, :attempt, :cell, :plan,
                    :system, :version, :harness, :commit, :seed, :verdict, :expectsViolation,
                    :started, :seconds, :ok, :failed, :unknown, :worstOutage, :slowestRecovery,
                    :medianLatency, :p99Latency)
                """,
            arguments: [
                "folder": row.folder, "campaign": row.campaign, "number": row.number,
                "attempt": row.attempt, "cell": row.cell, "plan": row.plan, "system": row.system,
                "version": row.version, "harness": row.harness, "commit": row.commit,
                "seed": "\(row.seed)", "verdict": row.verdict.rawValue,
                "expectsViolation": row.expectsViolation, "started": row.started,
                "seconds": row.seconds, "ok": row.ok, "failed": row.failed,
                "unknown": row.unknown, "worstOutage": row.worstOutage,
                "slowestRecovery": row.slowestRecovery, "medianLatency": row.medianLatency,
                "p99Latency": row.p99Latency,
            ])
        for fault in row.faults {
            try database.execute(
                sql: "INSERT INTO faults VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    row.folder, fault.kind, fault.tried, fault.bit, fault.slowestRecovery,
                    fault.longestOutage,
                ])
        }
        for failure in row.failures {
            let signature = failure.signature
            try database.execute(
                sql: "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    row.folder, signature.series.rawValue, signature.anomaly,
                    signature.situation, failure.count, failure.example, signature.system,
                    failure.first,
                ])
        }
    }
}

extension RunRow {
    fileprivate init(_ record: Row, faults: [Row], failures: [Row]) throws {
        let seed: String = record["seed"]
        let verdict: String = record["verdict"]
        guard let seed = UInt64(seed), let verdict = Verdict(rawValue: verdict) else {
            throw ArchiveError(
                file: record["folder"],
                why: "has a row with the verdict '\(verdict)' and the seed '\(seed)'; "
                    + "`whitewater index` makes the index anew")
        }
        self.init(folder: record["folder"], seed: seed, verdict: verdict)
        campaign = record["campaign"]
        number = record["number"]
        attempt = record["attempt"]
        cell = record["cell"]
        plan = record["plan"]
        system = record["system"]
        version = record["version"]
        harness = record["harness"]
        commit = record["commit"]
        expectsViolation = record["expectsViolation"]
        started = record["started"]
        seconds = record["seconds"]
        ok = record["ok"]
        failed = record["failed"]
        unknown = record["unknown"]
        worstOutage = record["worstOutage"]
        slowestRecovery = record["slowestRecovery"]
        medianLatency = record["medianLatency"]
        p99Latency = record["p99Latency"]
        self.faults = faults.map { fault in
            FaultCount(
                kind: fault["kind"], tried: fault["tried"], bit: fault["bit"],
                slowestRecovery: fault["slowestRecovery"], longestOutage: fault["longestOutage"])
        }
        self.failures = failures.map { failure in
            Failure(
                Signature(
                    Signature.Series(rawValue: failure["series"]) ?? .harness,
                    of: failure["system"], kept: failure["anomaly"], failure["situation"]),
                count: failure["count"], example: failure["example"], first: failure["first"])
        }
    }
}

/// Why an archive cannot be used.
public struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The reason and what to do.
    public let why: String

    /// The file and the reason.
    public var description: String { "\(file): \(why)" }
}
