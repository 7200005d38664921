internal import Faults
internal import Results

extension RunRow {
    /// Fills in the longest outage around faults of each kind, as far as the run's digest knows it.
    mutating func noteOutages(in results: RunResults) {
        let availability = results.digest?.availability ?? []
        let longest = Dictionary(availability.map { ($0.fault, $0.longestOutage) }) { max($0, $1) }
        for place in faults.indices {
            faults[place].longestOutage =
                results.faults.filter { $0.kind.rawValue == faults[place].kind }
                .compactMap { longest[$0.number] }.max()
        }
    }
}
