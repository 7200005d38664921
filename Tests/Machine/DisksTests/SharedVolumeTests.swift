import Dispatch
import Synchronization
import SystemPackage
import Testing

@testable import Disks

@Suite struct `A disk whose power goes` {
    @Test func `is silent to whoever finds it frozen`() throws {
        let folder = try TemporaryFolder()
        // The moment in between is short; many disks meet it.
        for round in 0..<3_000 {
            let disk = SharedVolume(
                try Volume.open(
                    folder: folder.path("data"), limbo: folder.path("limbo-\(round)"),
                    log: UndoLog(rule: .journal)))
            let refused = Count()
            let answered = Count()
            let threads = DispatchGroup()
            for _ in 0..<6 {
                DispatchQueue.global().async(group: threads) {
                    while true {
                        do throws(Errno) {
                            try disk.use { _, _ throws(Errno) in }
                        } catch {
                            refused.add()
                            // What the server of requests does before it answers.
                            if disk.power.pass() { answered.add() }
                            return
                        }
                    }
                }
            }
            disk.freeze()
            disk.power.turnOff()
            threads.wait()
            #expect(refused.value == 6)
            #expect(answered.value == 0, "an error was answered before the nodes were dead")
        }
    }
}

private final class Count: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}
