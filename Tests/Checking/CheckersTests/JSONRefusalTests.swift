import Checkers
import Histories
import Models
import Testing

@Suite struct `A refused compare-and-set` {
    @Test func `is an observation in JSON too, which has no keywords`() throws {
        let history = try History(
            text: """
                {"process": 0, "type": "invoke", "f": "write", "value": 1}
                {"process": 0, "type": "ok", "f": "write", "value": 1}
                {"process": 0, "type": "invoke", "f": "cas", "value": [1, 2]}
                {"process": 0, "type": "fail", "f": "cas", "value": [1, 2], "error": "mismatch"}
                """)
        #expect(try Checker().check(history).verdict.word == "violation")
    }
}
