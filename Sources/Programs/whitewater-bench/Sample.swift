/// What a benchmark measured: many times of one thing.
struct Sample {
    private let sorted: [Duration]

    init(_ times: [Duration]) {
        sorted = times.sorted()
    }

    private func quantile(_ share: Double) -> Duration {
        sorted.isEmpty ? .zero : sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
    }

    /// `name  min  median  p99  max`, in microseconds.
    func row(_ name: String) -> String {
        let figures = [0, 0.5, 0.99, 1].map { share in
            let tenths = Int((quantile(share) / .nanoseconds(100)).rounded())
            return "\(tenths / 10).\(tenths % 10)"
        }
        let columns = ([String(sorted.count)] + figures).map {
            String(repeating: " ", count: max(0, 10 - $0.count)) + $0
        }
        return name + String(repeating: " ", count: max(0, 34 - name.count)) + columns.joined()
    }

    /// The heading of ``row(_:)``'s columns.
    static var heading: String {
        Sample.padded("microseconds", 34)
            + ["n", "min", "median", "p99", "max"].map { padded($0, -10) }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        let space = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width > 0 ? text + space : space + text
    }
}
