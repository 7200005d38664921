internal import Faults
internal import Results

/// The faults of a run as labelled bars, those that overlap one below the other.
struct FaultLanes {
    /// Many faults at once take less room each.
    private var laneHeight: Double { (lanes.max() ?? 0) > 3 ? 15 : 20 }
    private static let mostLanes = 12
    /// Beyond so many, names would only hide each other.
    private static let mostNames = 80
    /// Plain words beyond that stand in the legend and in the table of faults only.
    private static let longestName = 64

    private let axis: TimeAxis
    private let faults: [FaultRecord]
    /// The lane of each fault.
    private let lanes: [Int]
    /// What stands at each bar.
    private let labels: [String]

    init(_ faults: [FaultRecord], _ axis: TimeAxis) {
        self.axis = axis
        self.faults = faults
        var ends: [Double] = []
        let labels = Self.labels(of: faults)
        self.labels = labels
        lanes = zip(faults, labels).map { fault, label in
            let (start, end) = (axis.x(fault.start), axis.x(fault.end))
            let name = faults.count > Self.mostNames ? 0 : Self.width(of: label) + 10
            let place = Place(of: label, from: start, to: end)
            let left = place == .before ? start - name : start
            let right = place == .behind ? end + name : end
            if let free = ends.firstIndex(where: { $0 <= left }) {
                ends[free] = right
                return free
            }
            guard ends.count < Self.mostLanes else { return Self.mostLanes - 1 }
            ends.append(right)
            return ends.count - 1
        }
    }

    var height: Double { Double((lanes.max() ?? -1) + 1) * laneHeight }

    /// Number, kind and nodes; the first of a kind in plain words, and others by its name alone.
    private static func labels(of faults: [FaultRecord]) -> [String] {
        var told: Set<FaultName> = []
        return faults.map { fault in
            let words = fault.kind.inPlainWords
            let isFirst = told.insert(fault.kind).inserted && words.count <= longestName
            let nodes = fault.nodes.map { "\($0)" }.joined(separator: " ")
            return "\(fault.number) \(isFirst ? words : fault.kind.rawValue) "
                + nodes.cut(30)
        }
    }

    private static func width(of label: String) -> Double { Double(label.count) * 6.6 }

    /// Where a label stands: in its bar if it fits, so that none makes a fault look longer than it
    /// was.
    private enum Place {
        case inside, behind
        /// Near the right end, behind which it would be cut off.
        case before

        init(of label: String, from start: Double, to end: Double) {
            let width = FaultLanes.width(of: label)
            self =
                start + width + 3 <= end
                ? .inside : end + width + 3 <= TimeAxis.width - TimeAxis.right ? .behind : .before
        }
    }

    func drawing(at top: Double) -> TimelineDrawing.Part {
        var part = TimelineDrawing.Part(
            data: "",
            labels: """
                <text class="quiet" x="\(TimeAxis.left - 8)" y="\(top + 13)" \
                text-anchor="end">faults</text>
                """)
        for (number, fault) in axis.visible(faults, end: { $1.end }) {
            let (left, right) = (axis.x(fault.start), axis.x(fault.end))
            let y = top + Double(lanes[number]) * laneHeight
            part.data += """
                <rect class="fault \(fault.family.rawValue)\(fault.bit ? "" : " idle")" x="\(left)" \
                y="\(y)" width="\(max(right - left, 1))" \
                height="\(laneHeight - 4)" data-from="\(Markup(raw: fault.start.fixed(3)))" \
                data-to="\(Markup(raw: fault.end.fixed(3)))"><title>\(Self.title(fault))</title></rect>
                """
            guard faults.count <= Self.mostNames else { continue }
            let label = labels[number]
            let place = Place(of: label, from: left, to: right)
            let isBefore = place == .before
            let at = isBefore ? left - 6 : place == .behind ? right : left
            part.over += """
                <text class="name" data-x="\(at)" x="\(at + 3)" y="\(y + laneHeight / 2 + 2)"\
                \(isBefore ? " text-anchor=\"end\"" as Markup : "")>\(label)</text>
                """
        }
        return part
    }

    /// A faint band for each fault across everything below.
    func bands(from top: Double, to bottom: Double) -> Markup {
        axis.visible(faults) { $1.end }.map { _, fault in
            let left = axis.x(fault.start)
            return """
                <rect class="band \(fault.family.rawValue)" x="\(left)" y="\(top)" \
                width="\(max(axis.x(fault.end) - left, 1))" height="\(bottom - top)" \
                data-from="\(Markup(raw: fault.start.fixed(3)))" \
                data-to="\(Markup(raw: fault.end.fixed(3)))"><title>\(Self.title(fault))</title></rect>
                """ as Markup
        }.joined()
    }

    private static func title(_ fault: FaultRecord) -> String {
        "fault \(fault.number): \(fault.summary), \(fault.start.fixed(2)) to \(fault.end.fixed(2)) s"
    }
}
