import Disks
import Foundation
import Testing

/// Tests that mount need namespaces of their own, which `make test` makes (`.ci/in-lab`).
private enum Mounting {
    static let condition: ConditionTrait = .enabled(
        if: ProcessInfo.processInfo.environment["WHITEWATER_IN_LAB"] == "1"
            && (try? MountedDisk.probe()) != nil,
        "needs a lab in which /dev/fuse can be used: `make test` runs it inside of one")

    static let program: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let folders = ([own].compactMap { $0 } + CommandLine.arguments).map {
            URL(filePath: $0).deletingLastPathComponent()
        }
        return folders.map { $0.appending(path: "whitewater").path }
            .first(where: FileManager.default.isExecutableFile(atPath:)) ?? "whitewater"
    }()
}

@Suite(Mounting.condition, .serialized, .timeLimit(.minutes(2)))
struct `A mounted disk` {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "disks-\(UUID().uuidString)")
    private var data: String { folder.path + "/data" }

    private func disk(_ options: DiskOptions = DiskOptions()) throws -> MountedDisk {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return MountedDisk(
            name: "n1", folder: data, options: options, program: Mounting.program,
            log: folder.path + "/disk.log")
    }

    private func losePower(
        _ disk: MountedDisk, _ keep: PowerLoss.Keep = .nothing
    ) async throws -> LossReport {
        try await disk.freeze()
        try await disk.fail()
        let report = try await disk.lose(PowerLoss(keep, seed: 1))
        await disk.stop()
        try await disk.start()
        return report
    }

    /// Starts a script in the disk's folder.
    private func spawn(_ script: String) throws -> Int32 {
        var number: Int32 = 0
        let text = ["/bin/sh", "-c", "cd \(data) && { \(script)\n}"]
        var words: [UnsafeMutablePointer<CChar>?] = text.map { $0.withCString { strdup($0) } }
        words.append(nil)
        defer { for word in words { free(word) } }
        let code = posix_spawn(&number, "/bin/sh", nil, nil, &words, environ)
        try #require(code == 0)
        return number
    }

    /// Waits for the end of a process, off the concurrency pool.
    private func status(of number: Int32) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(number, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
    }

    /// Runs a script in the disk's folder to its end.
    private func sh(_ script: String) async throws -> (status: Int32, output: String) {
        let output = folder.path + "/output"
        let status = await status(of: try spawn("exec > \(output) 2>&1\n\(script)"))
        return (status, try String(contentsOfFile: output, encoding: .utf8))
    }

    private func finish(_ disk: MountedDisk) async throws {
        await disk.stop()
        #expect(
            try !String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).contains(
                folder.path), "a mount is left")
        #expect(!FileManager.default.fileExists(atPath: data + ".limbo"))
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `keeps what was synced and loses the rest`() async throws {
        let disk = try disk()
        try await disk.start()
        let made = try await sh(
            """
            mkdir -p a/b && echo kept > a/b/kept && sync a/b/kept && echo gone >> a/b/kept
            mv a/b/kept moved && echo new > new && ln moved hard && ln -s moved soft
            cat hard soft && stat -c %h moved
            """)
        #expect(made.output == "kept\ngone\nkept\ngone\n2\n")
        let report = try await losePower(disk)
        #expect(
            try await sh("find . -type f -o -type l; cat a/b/kept").output == "./a/b/kept\nkept\n")
        #expect(report.bytes == 9)
        #expect(report.namesGone == 4 && report.namesBack == 1)
        let second = try await losePower(disk)
        #expect(second.isNothing)
        #expect(second.summary == "nothing was lost")
        try await finish(disk)
        #expect(report.summary.hasPrefix("9 bytes in 2 files"))
    }

    @Test func `a folder's sync, O_SYNC, O_DSYNC and fdatasync are syncs`() async throws {
        let disk = try disk(DiskOptions(names: .posix))
        try await disk.start()
        let made = try await sh(
            """
            for flag in sync dsync; do
              echo $flag | dd of=$flag oflag=$flag status=none || exit 1
            done
            echo data > data && sync -d data
            echo unnamed > unnamed && sync unnamed
            mkdir later && echo x > later/x && sync later/x later
            """)
        #expect(made.status == 0, "\(made.output)")
        _ = try await losePower(disk)
        // By POSIX no name was durable: nobody synced the folder.
        #expect(try await sh("ls").output == "")
        _ = try await sh(
            "for f in one two; do echo $f | dd of=$f oflag=dsync status=none; done; sync .")
        _ = try await losePower(disk)
        #expect(try await sh("cat one two").output == "one\ntwo\n")
        try await finish(disk)
    }

    @Test func `a full, a failing and a slow disk show as such and heal`() async throws {
        let disk = try disk()
        try await disk.start()
        try await disk.turn(.full)
        #expect(try await sh("echo x > new").status != 0)
        #expect(try await disk.turn(.errors(every: 1)).failed >= 1)
        let failing = try await sh("echo x > f && sync f")
        #expect(failing.output.contains("Input/output error"))
        #expect(try await disk.turn(.slow(from: 200, to: 200)).failed == 1)
        let began = ContinuousClock.now
        #expect(try await sh("echo y > g && sync g").status == 0)
        #expect(ContinuousClock.now - began >= .milliseconds(200))
        #expect(try await disk.turn(nil).waited >= 200)
        #expect(try await sh("sync f && cat f").output == "x\n")
        // What the failed sync dropped is gone, though a later one said that all is well.
        _ = try await losePower(disk)
        #expect(try await sh("tr '\\\\0' 0 < f; cat g").output.hasSuffix("y\n"))
        #expect(try await !sh("cat f").output.contains("x"))
        try await finish(disk)
    }

    @Test func `no process hangs on a disk whose server was killed`() async throws {
        let disk = try disk()
        try await disk.start()
        _ = try await sh("echo before > before")
        let server = try #require(await disk.server)
        let busy = try spawn("while echo x >> f && sync f; do :; done 2> /dev/null")
        while (try? Data(contentsOf: URL(filePath: data + "/f"))).map(\.count) ?? 0 < 20 {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(kill(server, SIGKILL) == 0)
        // It gets an error and ends by itself.
        _ = await status(of: busy)
        await #expect(throws: DiskError.self) { try await disk.freeze() }
        await disk.stop()
        #expect(try String(contentsOfFile: data + "/before", encoding: .utf8) == "before\n")
        try await disk.start()
        try await finish(disk)
    }

    @Test func `a disk is broken whose process was killed, and none that was asked to end`()
        async throws
    {
        let disk = try disk()
        for _ in 1...5 {
            try await disk.start()
            let looking = Task {
                var seen: DiskError?
                while !Task.isCancelled, seen == nil {
                    seen = await disk.broken()
                    await Task.yield()
                }
                return seen
            }
            await disk.stop()
            looking.cancel()
            #expect(await looking.value == nil)
        }
        try await disk.start()
        #expect(await disk.broken() == nil)
        let server = try #require(await disk.server)
        #expect(kill(server, SIGKILL) == 0)
        while await disk.broken() == nil { await Task.yield() }
        await disk.stop()
        // A start clears away what a death by force left behind.
        try await disk.start()
        try await finish(disk)
    }

    @Test func `a frozen disk holds whoever asks until it fails, and SIGKILL passes then`()
        async throws
    {
        let disk = try disk()
        try await disk.start()
        _ = try await sh("echo x > f")
        try await disk.freeze()
        let busy = try spawn("exec 2> /dev/null; echo y > g")
        kill(busy, SIGKILL)
        try await disk.fail()
        #expect(await status(of: busy) & 0x7f == SIGKILL)
        try await finish(disk)
    }

    @Test func `a disk waits for a write to freeze at, which is lost then`() async throws {
        let disk = try disk()
        try await disk.start()
        _ = try await sh("echo kept > f && sync f")
        let busy = try spawn("exec 2> /dev/null; sleep 0.1; echo gone >> f; sync f; echo late > g")
        try await disk.freeze(within: .seconds(30))
        kill(busy, SIGKILL)
        try await disk.fail()
        _ = await status(of: busy)
        #expect(try await disk.lose(PowerLoss(.nothing, seed: 1)).bytes == 5)
        await disk.stop()
        #expect(try String(contentsOfFile: data + "/f", encoding: .utf8) == "kept\n")
        try await disk.start()
        // Nobody writes: the time passes.
        try await disk.freeze(within: .milliseconds(20))
        try await disk.fail()
        #expect(try await disk.lose(PowerLoss(.nothing, seed: 1)).isNothing)
        try await finish(disk)
    }

    @Test func `a folder that cannot be served is refused in words`() async throws {
        let disk = try disk()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: data + ".limbo"))
        await #expect(throws: DiskError.self) { try await disk.start() }
        try FileManager.default.removeItem(at: folder)
    }
}
