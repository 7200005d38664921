import Testing

@testable import Systems

/// Which entries a member of etcd has no more.
@Suite struct `The log of a member of etcd` {
    @Test(
        arguments: [
            ([], 100_000, 5_000), (["--snapshot-count=100"], 100, 5_000),
            (["--snapshot-count", "100", "--backend-batch-interval=10ms"], 100, 5_000),
            (["--snapshot-count=7", "--snapshot-count=9"], 9, 5_000),
            (["--snapshot-count=100", "--experimental-snapshot-catchup-entries=50"], 100, 50),
            (["--snapshot-catchup-entries=50"], 100_000, 50),
            (["--snapshot-count=x"], 100_000, 5_000),
        ] as [([String], UInt64, UInt64)])
    func `is as long as its arguments say`(
        arguments: [String], interval: UInt64, kept: UInt64
    ) {
        let compaction = EtcdCompaction(arguments: arguments)
        #expect(compaction.interval == interval && compaction.kept == kept)
    }

    @Test func `is whole until a snapshot has been made, and entries have been dropped`() {
        let compaction = EtcdCompaction(arguments: ["--snapshot-count=100"])
        #expect(compaction.dropped(afterApplying: 5_000) == nil)
        #expect(compaction.dropped(afterApplying: 5_356) == nil)
        #expect(compaction.dropped(afterApplying: 5_400) == 44)
    }
}
