import Archive
import Foundation
import Testing

@Suite struct `An archive of runs` {
    private func row(_ folder: String, _ failures: [Signature] = []) -> RunRow {
        var row = RunRow(
            folder: folder, seed: .max, verdict: failures.isEmpty ? .valid : .invalid)
        row.campaign = "campaigns/n/1"
        row.number = 7
        row.cell = "p"
        row.started = "20261121T\(folder)"
        row.worstOutage = 0.5
        row.faults = [
            .init(kind: "halves", tried: 3, bit: 2, slowestRecovery: 1.25, longestOutage: 2.5)
        ]
        row.failures = failures.map { .init($0, count: 2, example: "process 4 read 5") }
        return row
    }

    private func withArchive(_ body: (Archive, String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "index.sqlite").path
        try body(try Archive(file: file), file)
    }

    @Test func `a row is read back as it was written`() throws {
        try withArchive { archive, file in
            let rows = [row("1"), row("2", [Signature(.violation, "stale read", "cut off")])]
            try archive.record(rows)
            #expect(try archive.runs() == rows)
            #expect(try Archive(file: file).runs(of: "campaigns/n/1") == rows)
            #expect(try archive.runs(of: "campaigns/n/2") == [])
        }
    }

    @Test func `a run that is recorded again replaces its row with all that hangs on it`() throws {
        try withArchive { archive, _ in
            try archive.record(row("1", [Signature(.node, "panic")]))
            try archive.record(row("1"))
            #expect(try archive.runs() == [row("1")])
        }
    }

    @Test(arguments: [
        ("etcd Version: 3.4.23 (.tools/usr/bin/etcd)", "3.4.23", true),
        ("etcd Version: 3.4.23 (.tools/usr/bin/etcd)", "3.5", false),
        ("nats-server: v2.10.27", "2.10", true), ("raftd 0.1.0", "raftd 0", true),
        ("raftd 0.1.0", "1.0", false),
    ])
    func `a run is found by its version however the system says it`(
        version: String, subject: String, isFound: Bool
    ) {
        var run = row("1")
        run.version = version
        #expect(run.isOf(subject) == isFound)
        run.commit = subject + "abc"
        #expect(run.isOf(subject), "by its commit")
    }

    @Test func `two writers at once lose nothing`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "index.sqlite").path
        let rows = (0..<200).map { row("\($0)") }
        try await withThrowingTaskGroup { group in
            for part in 0..<2 {
                group.addTask {
                    let archive = try Archive(file: file)
                    for row in rows[(part * 100)..<(part * 100 + 100)] { try archive.record(row) }
                }
            }
            try await group.waitForAll()
        }
        let found = Set(try Archive(file: file).runs().map(\.folder))
        #expect(found == Set(rows.map(\.folder)))
    }

    @Test func `the same failure of two systems is two failures`() throws {
        let etcd = Signature(.violation, of: "etcd", "stale read", "isolation")
        let raftd = Signature(.violation, of: "raftd", "stale read", "isolation")
        #expect(etcd != raftd && etcd.slug != raftd.slug)
        #expect(etcd.description == "violation of etcd: stale read, isolation")
        #expect(Signature(.harness, of: "etcd", "no results").system.isEmpty, "nobody is accused")
        try withArchive { archive, _ in
            try archive.record([row("1", [etcd]), row("2", [raftd])])
            #expect(try archive.runs().flatMap { $0.failures.map(\.signature) } == [etcd, raftd])
        }
    }

    @Test func `an archive of an earlier version is brought up to date`() throws {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString).sqlite").path
        defer { for end in ["", "-wal", "-shm", ".lock"] { unlink(file + end) } }
        let script = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1])
            base.executescript('''
              CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
              INSERT INTO grdb_migrations VALUES ('runs, faults, failures');
              CREATE TABLE runs (folder TEXT PRIMARY KEY, campaign TEXT, number INTEGER,
                attempt INTEGER, cell TEXT, plan TEXT, system TEXT, version TEXT, harness TEXT,
                "commit" TEXT, seed TEXT, verdict TEXT, expectsViolation BOOLEAN, started TEXT,
                seconds DOUBLE, ok INTEGER, failed INTEGER, unknown INTEGER, worstOutage DOUBLE,
                slowestRecovery DOUBLE, medianLatency DOUBLE, p99Latency DOUBLE);
              CREATE TABLE faults (folder TEXT REFERENCES runs ON DELETE CASCADE, kind TEXT,
                tried INTEGER, bit INTEGER, slowestRecovery DOUBLE);
              CREATE TABLE failures (folder TEXT REFERENCES runs ON DELETE CASCADE, series TEXT,
                anomaly TEXT, situation TEXT, count INTEGER, example TEXT);
              INSERT INTO runs VALUES ('p/1', NULL, NULL, NULL, 'p', 'p', '', '', '', NULL, '7',
                'invalid', 0, '', 1.0, 1, 0, 0, NULL, NULL, NULL, NULL);
              INSERT INTO faults VALUES ('p/1', 'halves', 3, 2, 1.25);
              INSERT INTO failures VALUES ('p/1', 'violation', 'stale read', '', 2, 'x');
            ''')
            base.commit()
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, file]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let archive = try Archive(file: file)
        #expect(
            try archive.runs().flatMap { $0.failures.map(\.signature) }
                == [Signature(.violation, "stale read")])
        #expect(
            try archive.runs().flatMap(\.faults)
                == [.init(kind: "halves", tried: 3, bit: 2, slowestRecovery: 1.25)],
            "nobody knows its outage")
        let new = row("2", [Signature(.violation, of: "etcd", "stale read")])
        try archive.record(new)
        #expect(try archive.runs(of: "campaigns/n/1") == [new])
    }

    @Test func `a file that is no archive is refused with what to do`() throws {
        try withArchive { _, file in
            let other = file + ".txt"
            try Data("this is no database, and long enough to say so".utf8)
                .write(to: URL(filePath: other))
            let error = #expect(throws: ArchiveError.self) { try Archive(file: other) }
            #expect(error?.description.contains("whitewater index") == true)
        }
    }
}

@Suite struct `Names of failures` {
    @Test(arguments: [
        (
            "2026-11-21T10:00:01.123Z panic: index 17 out of range [3] at 0xc00012a000",
            "panic: index # out of range [#] at #"
        ),
        (
            "n3: cannot open /home/a/results/x/n3/data/000012.log",
            "n#: cannot open #.log"
        ), ("read \"abc\" and 'd'", "read \"…\" and '…'"),
        ("can't open 'x', won't", "can't open '…', won't"),
        (
            "stopped: " + String(repeating: "abcd ", count: 30),
            "stopped: " + Array(repeating: "abcd", count: 22).joined(separator: " ")
        ),
        (
            "nodes/n2/stderr.log: 2026-11-21T15:01:02+0000 critical raftd: [RaftNode] log has no 17",
            "critical raftd: [RaftNode] log has no #"
        ),
        (
            "nodes/n1/stderr.log: RaftNode/Queue.swift:88: Fatal error: too long",
            "Fatal error: too long"
        ),
        ("Fatal error: too long, at Queue.swift:91:4", "Fatal error: too long,"),
        (
            #"{"level":"panic","ts":"2026-11-21T15:01:02.5Z","caller":"mvcc/kvstore.go:12","msg":"#
                + #""failed to \"recover\" v3","error":"crc mismatch","stacktrace":"main.f"#,
            #"failed to "…" v#: crc mismatch"#
        ),
        (
            #"ts=2026-11-21T15:01:02Z level=fatal msg="bolt: freed twice" txid=12"#,
            "bolt: freed twice"
        ),
        (
            "2026/11/21 15:01:02 raft.go:112: tocommit(12) is out of range",
            "tocommit(#) is out of range"
        ),
        ("E1121 15:01:02.345678   17 wal.cc:99] torn record", "# torn record"),
        ("thread 'main' panicked at src/raft/log.rs:17:9:", "thread '…' panicked at log.rs"),
        (
            "n1 not listening on 10.99.1.2:2379 after 10.5s; 1.2 ms, fd00::1:2, [fd00::a]:80",
            "n# not listening on # after #; #, #, #"
        ),
        (
            "member 8e9e05c52164694d joined by 6f3d005b-36ca-42b8-8824-800fe5674a8d",
            "member # joined by #"
        ),
    ])
    func `what differs from run to run is left out`(line: String, normalised: String) {
        #expect(NormalisedLine(line).text == normalised)
        #expect(NormalisedLine(normalised).text == normalised, "twice is once")
    }

    @Test func `the same failure of two runs has one name, and others have others`() {
        let first = Signature(.node, "panic", "12:00:01 index 4 out of range")
        let second = Signature(.node, "panic", "12:03:44 index 17 out of range")
        #expect(first == second)
        #expect(first.slug == second.slug)
        let others = [
            Signature(.violation, "panic", "index 4 out of range"), Signature(.node, "panic"),
            Signature(.node, "panic", "index 4 out of bounds"),
        ]
        #expect(Set(others.map(\.slug) + [first.slug]).count == 4)
    }
}

@Suite struct `What tells a run apart` {
    private func failure(
        _ series: Signature.Series, _ anomaly: String, at first: Double?, count: Int = 1
    ) -> RunRow.Failure {
        RunRow.Failure(
            Signature(series, of: "raftd", anomaly), count: count, example: "", first: first)
    }

    private func principal(_ failures: [RunRow.Failure]) -> String? {
        var row = RunRow(folder: "f", seed: 1, verdict: .invalid)
        row.failures = failures
        return row.principal?.signature.anomaly
    }

    @Test func `is what was seen first, for the others may follow from it`() {
        #expect(
            principal([
                failure(.violation, "stale read", at: 3.5, count: 40),
                failure(.node, "went-backward", at: 1.9), failure(.node, "panic", at: 2.9),
                failure(.node, "not-serving", at: nil),
            ]) == "went-backward")
    }

    @Test func `is what says most where nobody knows when`() {
        let violations = [
            failure(.violation, "stale read", at: nil, count: 2),
            failure(.violation, "lost update", at: nil, count: 3),
        ]
        #expect(principal(violations) == "lost update", "the most frequent one")
        #expect(principal(violations + [failure(.node, "panic", at: nil)]) == "panic")
        #expect(principal([]) == nil)
    }

    @Test func `is kept by an archive`() throws {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString).sqlite").path
        defer { for end in ["", "-wal", "-shm", ".lock"] { unlink(file + end) } }
        var row = RunRow(folder: "f", seed: 1, verdict: .invalid)
        row.failures = [
            failure(.node, "two-leaders", at: 2.25), failure(.violation, "stale read", at: nil),
        ]
        let archive = try Archive(file: file)
        try archive.record(row)
        #expect(try archive.runs() == [row])
    }
}

@Suite struct `Proportions` {
    @Test func `an interval holds the rate, narrows with more tries, and stays within 0 to 1`() {
        for tries in [1, 5, 20, 400] {
            for hits in [0, tries / 2, tries] {
                let proportion = Proportion(hits, of: tries)
                #expect(proportion.interval.contains(proportion.rate))
                #expect(proportion.interval.lowerBound >= 0 && proportion.interval.upperBound <= 1)
            }
        }
        let few = Proportion(1, of: 10).interval
        let many = Proportion(10, of: 100).interval
        #expect(few.upperBound - few.lowerBound > many.upperBound - many.lowerBound)
        // Newcombe 1998, table I, method 3: 15 of 148 gives 0.0624 to 0.1605.
        let known = Proportion(15, of: 148).interval
        #expect(abs(known.lowerBound - 0.0624) < 0.000_1)
        #expect(abs(known.upperBound - 0.1605) < 0.000_1)
    }

    @Test func `nothing tried says nothing`() {
        #expect(Proportion(0, of: 0).interval == 0...1)
        #expect(!Proportion(0, of: 0).certainlyDiffers(from: Proportion(20, of: 20)))
        #expect(Proportion(0, of: 20).certainlyDiffers(from: Proportion(20, of: 20)))
    }
}
