import Archive
import Foundation
import Plans
import Testing

@testable import Campaigns

/// Tasks and their gathering, with a program in whitewater's place that only ends: by its seed.
@Suite struct `A task of an array` {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "array-\(UUID().uuidString)").path

    /// Ends with the seed's last two digits as its status; with 99 it waits for a signal.
    private func writeProgram() throws -> String {
        let program = folder + "/program"
        try Data(
            """
            #!/bin/sh
            while [ "$1" != --seed ]; do shift; done
            echo $$ >> '\(folder)/started'
            status=${2#"${2%??}"}
            if [ "$status" = 99 ]; then
                trap 'exit 1' INT
                while :; do sleep 0.1; done
            fi
            exit "${status#0}"
            """.utf8
        ).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return program
    }

    private func campaign(seeds: String, expect: String = "valid") throws -> Campaign {
        try Campaign(
            yaml: "name: night\nplans: [{plan: a.yaml, seeds: \(seeds), expect: \(expect)}]")
    }

    private func array(
        _ campaign: Campaign, in campaignFolder: CampaignFolder, bundle: Int = 1
    ) throws -> ArrayFolder {
        let plan = try ArrayPlan(
            campaign, ticket: campaignFolder.ticket(), after: [],
            share: .init(runs: bundle, cores: 1, megabytes: 100))
        return try ArrayFolder(next: folder + "/shared", plan: plan)
    }

    private func campaignFolder() throws -> CampaignFolder {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        return try CampaignFolder(
            results: folder + "/results", name: "night", started: "20261121T100000.000Z",
            ticket: .init(
                file: folder + "/night.yaml", seed: 1, commit: nil,
                began: Date.now.timeIntervalSince1970))
    }

    private func run(
        _ task: Int, of array: ArrayFolder, restart: Int = 0, program: String
    ) throws -> (status: Int32, notes: [CampaignFolder.RunNote]) {
        nonisolated(unsafe) var notes: [CampaignFolder.RunNote] = []
        let task = try ArrayTask(
            .init(task: task, restart: restart), in: array, program: program
        ) { notes.append($0) }
        return (try task.run(), notes)
    }

    @Test(
        arguments: [
            (100, 0, [RunOutcome.valid]), (101, 1, [.invalid]), (102, 2, [.inconclusive]),
            (164, 64, [.refused]), (170, 70, [.failed, .failed]), (103, 70, [.failed, .failed]),
        ] as [(Int, Int32, [RunOutcome])])
    func `exit statuses are kept apart, and only a failure is tried again`(
        seed: Int, status: Int32, outcomes: [RunOutcome]
    ) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let array = try array(campaign(seeds: "\(seed)"), in: campaignFolder())
        let ended = try run(0, of: array, program: writeProgram())
        #expect(ended.status == (seed == 103 ? 70 : status))
        #expect(ended.notes.map(\.outcome) == outcomes)
        #expect(ended.notes.map(\.attempt) == Array(1...outcomes.count))
    }

    @Test func `a bundle ends with its weightiest status`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let array = try array(campaign(seeds: "100..102"), in: campaignFolder(), bundle: 3)
        let ended = try run(0, of: array, program: writeProgram())
        #expect(ended.notes.map(\.outcome) == [.valid, .invalid, .inconclusive])
        #expect(ended.status == 1)
    }

    @Test func `a copy that is started later makes only what the first did not`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = try {
            _ = try campaignFolder()
            return try writeProgram()
        }()
        let array = try array(campaign(seeds: "100..102"), in: campaignFolder(), bundle: 3)
        let first = try array.plan().tasks[0][0]
        let place = array.place(of: first, attempt: 1, in: .init(task: 0, restart: 0))
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
        try array.write(
            .init(order: first, attempt: 1, outcome: .valid), in: .init(task: 0, restart: 0))
        let again = try run(0, of: array, restart: 1, program: program)
        #expect(again.notes.map(\.order.number) == [2, 3])
    }

    @Test func `a run that a scheduler ends gets no note, whatever it came to`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let array = try array(campaign(seeds: "199..200"), in: campaignFolder(), bundle: 2)
        nonisolated(unsafe) var notes = 0
        let task = try ArrayTask(
            .init(task: 0, restart: 0), in: array, program: writeProgram()
        ) { _ in notes += 1 }
        let (stop, started) = (task.stop, folder + "/started")
        Thread.detachNewThread {
            // A file that another process writes announces itself to nobody here. If it never comes,
            // the task is stopped all the same, and what follows says that it did not start.
            let deadline = ContinuousClock.now + .seconds(60)
            while !FileManager.default.fileExists(atPath: started), ContinuousClock.now < deadline {
                usleep(5_000)
            }
            stop()
        }
        #expect(try task.run() == 128 + SIGTERM)
        #expect(notes == 0)
        #expect(array.endedRuns().isEmpty)
        let lines = try String(contentsOfFile: started, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1, "the second run was not started")
    }

    @Test func `what has ended is in the campaign's folder and in the archive, once`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (campaign, home) = (try campaign(seeds: "101..102"), try campaignFolder())
        let (array, program) = (try array(campaign, in: home), try writeProgram())
        let archive = try Archive(file: home.results + "/index.sqlite")
        let gatherer = Gatherer(
            campaign: campaign, folder: home, ticket: try home.ticket(), archive: archive)
        _ = try run(0, of: array, program: program)
        #expect(try gatherer.gather(array).map(\.outcome) == [.invalid])
        _ = try run(1, of: array, program: program)
        #expect(try gatherer.gather(array).map(\.outcome) == [.inconclusive])
        #expect(try gatherer.gather(array) == [])
        #expect(home.notes().map(\.order.seed) == [101, 102])
        #expect(try archive.runs(of: home.name).map(\.number) == [1, 2])
        #expect(array.endedRuns().isEmpty)
    }

    @Test func `a gatherer that died between the folder and the archive is caught up with`() throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (campaign, home) = (try campaign(seeds: "101"), try campaignFolder())
        let array = try array(campaign, in: home)
        _ = try run(0, of: array, program: writeProgram())
        func gatherer(_ file: String) throws -> (Gatherer, Archive) {
            let archive = try Archive(file: home.results + "/" + file)
            return (
                Gatherer(
                    campaign: campaign, folder: home, ticket: try home.ticket(), archive: archive),
                archive
            )
        }
        _ = try gatherer("lost.sqlite").0.gather(array)
        let (next, archive) = try gatherer("index.sqlite")
        for _ in 1...2 { try next.catchUp() }
        #expect(try archive.runs(of: home.name).map(\.number) == [1])
    }

    @Test func `a task that the array has not is refused in words`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let array = try array(campaign(seeds: "1..2"), in: campaignFolder())
        let error = #expect(throws: CampaignError.self) {
            try ArrayTask(.init(task: 2, restart: 0), in: array, program: "/bin/false") { _ in }
        }
        #expect(error?.why.contains("from 0 to 1") == true)
    }
}
