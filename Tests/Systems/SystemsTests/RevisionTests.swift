import Testing

@testable import Systems

/// Revisions in etcd's replies.
@Suite struct `Revisions` {
    private typealias Reading = RevisionChecks.Reading

    @Test func `they grow, and replies that cross may come in any order`() {
        var checks = RevisionChecks()
        #expect(checks.note(Reading(revision: 5, node: "n1"), isWrite: true, after: nil).isEmpty)
        let seen = checks.seen
        #expect(checks.note(Reading(revision: 7, node: "n2"), isWrite: true, after: seen).isEmpty)
        // This one left before 7 was seen.
        #expect(checks.note(Reading(revision: 6, node: "n3"), isWrite: true, after: seen).isEmpty)
        #expect(checks.note(Reading(revision: 7, node: "n3"), isWrite: false, after: seen).isEmpty)
        #expect(checks.seen == Reading(revision: 7, node: "n2"))
    }

    @Test func `one that falls after a reply was seen is found, once a node`() {
        var checks = RevisionChecks()
        _ = checks.note(Reading(revision: 5, node: "n1"), isWrite: false, after: nil)
        let found = (1...3).flatMap { _ in
            checks.note(Reading(revision: 4, node: "n2"), isWrite: false, after: checks.seen)
        }
        #expect(found.map(\.rule) == [.wentBackward])
        #expect(found.first?.words.contains("n1 had answered at revision 5") == true)
    }

    @Test func `two writes with one revision are found, a read and a write are not`() {
        var checks = RevisionChecks()
        _ = checks.note(Reading(revision: 5, node: "n1"), isWrite: true, after: nil)
        #expect(checks.note(Reading(revision: 5, node: "n2"), isWrite: false, after: nil).isEmpty)
        let found = checks.note(Reading(revision: 5, node: "n2"), isWrite: true, after: nil)
        #expect(found.map(\.rule) == [.diverged])
        #expect(found.first?.node == "n2")
    }
}
