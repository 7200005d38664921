/// What is to become of runs that tasks have left: every run counts once, however often it was made.
///
/// Pure. Of a task that ran twice the copy that ended first is kept, and the other dropped, unless
/// that found something where the first did not: a violation is never thrown away. Then it counts as
/// one more try of its number, of which the last one counts.
enum Gathering {
    enum Step: Hashable, Sendable {
        /// It becomes a run of the campaign, as this try.
        case keep(ArrayFolder.EndedRun, attempt: Int)
        /// It was made once already.
        case drop(ArrayFolder.EndedRun)
    }

    /// What to do about these, where those are known already.
    static func steps(
        for ended: [ArrayFolder.EndedRun], known: [CampaignFolder.RunNote]
    ) -> [Step] {
        let known = Dictionary(grouping: known, by: \.order.number)
        return Dictionary(grouping: ended, by: \.note.order.number).sorted { $0.key < $1.key }
            .flatMap { number, runs in
                steps(ofOne: runs, known: known[number] ?? [])
            }
    }

    private static func steps(
        ofOne runs: [ArrayFolder.EndedRun], known: [CampaignFolder.RunNote]
    ) -> [Step] {
        let last = known.max { $0.attempt < $1.attempt }
        var attempt = last?.attempt ?? 0
        var kept = last?.outcome
        var steps: [Step] = []
        for (_, tries) in Dictionary(grouping: runs, by: \.copy).sorted(by: { $0.key < $1.key }) {
            let tries = tries.sorted { $0.note.attempt < $1.note.attempt }
            // A first try that failed waits for the second one.
            guard let final = tries.last?.note, final.isFinal else { continue }
            let isNews = final.outcome == .invalid && kept != .invalid
            guard kept == nil || kept == .failed || isNews else {
                steps += tries.map(Step.drop)
                continue
            }
            for run in tries {
                attempt += 1
                steps.append(.keep(run, attempt: attempt))
            }
            kept = final.outcome
        }
        return steps
    }
}
