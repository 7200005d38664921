import Testing

@testable import Results

@Suite struct `Anomalies of many` {
    @Test(arguments: [
        ("stale read", "stale reads"), ("read out of order", "reads out of order"),
        ("elements out of order", "elements out of order"),
        ("read of what nobody wrote", "reads of what nobody wrote"),
        ("lock held twice", "locks held twice"),
        ("watch with wrong events", "watches with wrong events"),
        ("lease lost too early", "leases lost too early"),
    ])
    func `are named in the plural of their first noun`(one: String, many: String) {
        #expect(Diagnosis.plural(one) == many)
    }
}
