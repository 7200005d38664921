import Testing
import Topologies

@testable import Faults
@testable import Runner

@Suite struct `What has become of strikes` {
    private let book = StrikeBook()
    private let id = StrikeID(path: [0])

    private var planned: PlannedStrike {
        let nodes = [NodeName(number: 1)]
        return PlannedStrike(
            id: id, kind: "pause", family: "pause", scenario: nil,
            aim: Aim(affected: nodes, ProcessPause(nodes)), isExclusive: true, due: .zero,
            length: nil, clients: .stay)
    }

    @Test func `a strike may last before anybody knows the task that injects it`() async {
        book.begin(planned, 1)
        book.lasts(id, since: .seconds(1), lateness: .zero)
        book.injects(id, Task { nil })
        #expect(book.phases[id] == .lasting(since: .seconds(1)))
        #expect(book.endBegins(id) != nil, "it can be ended")
        #expect(book.endBegins(id) == nil, "once")
    }

    @Test func `one that is to end before it lasts does not begin to last again`() {
        book.begin(planned, 1)
        book.injects(id, Task { nil })
        #expect(book.endBegins(id) != nil)
        book.lasts(id, since: .seconds(1), lateness: .zero)
        #expect(book.phases[id] == .healing)
    }

    @Test func `one without a task cannot be ended yet`() {
        book.begin(planned, 1)
        #expect(book.endBegins(id) == nil)
        #expect(book.phases[id] == .starting)
    }
}
