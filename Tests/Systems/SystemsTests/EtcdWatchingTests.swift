import Histories
import Testing

@testable import Systems

/// What a watch of etcd tells, line by line, as 3.4 and 3.5 spell it.
@Suite struct `What a watch tells` {
    private func told(_ lines: String...) -> (watching: EtcdWatching, goesOn: [Bool]) {
        var watching = EtcdWatching()
        let goesOn = lines.map { watching.take(Array($0.utf8)) }
        return (watching, goesOn)
    }

    private let created = #"{"result":{"header":{"revision":"5"},"created":true}}"#

    @Test func `puts and deletions with their revisions`() {
        let (watching, goesOn) = told(
            created,
            #"{"result":{"header":{},"events":[{"kv":{"key":"d2F0Y2gvMC8z","mod_revision":"4","value":"MTc="}},"#
                + #"{"type":"DELETE","kv":{"key":"d2F0Y2gvMC8z","mod_revision":"5"}}]}}"#)
        #expect(goesOn == [true, true])
        #expect(watching.isCreated)
        #expect(watching.events == [[4, 3, 17], [5, 3, .null]])
    }

    @Test func `from which revision on it could tell`() {
        let (watching, goesOn) = told(
            created, #"{"result":{"header":{},"canceled":true,"compact_revision":"9"}}"#)
        #expect(goesOn == [true, false])
        #expect(watching.compacted == 9)
    }

    @Test(arguments: [
        "<html>", #"{"result":{"events":[{"kv":{"key":"d2F0Y2gvMC8z"}}]}}"#,
        #"{"result":{"events":[{"kv":{"key":"?","mod_revision":"4"}}]}}"#,
    ])
    func `and what makes no sense is quoted`(line: String) {
        let (watching, goesOn) = told(line)
        #expect(goesOn == [false])
        #expect(watching.nonsense?.hasPrefix("a watch told") == true)
        #expect(watching.events.isEmpty)
    }

    @Test func `a list is what stands between spaces`() {
        #expect(EtcdListClient.elements(Array("1 2 03".utf8)) == [1, 2, "03"])
        #expect(EtcdListClient.elements(Array("1  2".utf8)) == [1, "", 2])
    }
}
