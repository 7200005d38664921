internal import Faults
internal import Results

/// The faults of a run as labelled bars, those that overlap one below the other.
struct FaultLanes {
    private static let laneHeight = 20.0
    private static let mostLanes = 12
    /// Beyond so many, names would only hide each other.
    private static let mostNames = 80

    private let axis: TimeAxis
    private let faults: [FaultRecord]
    /// The lane of each fault.
    private let lanes: [Int]

    init(_ faults: [FaultRecord], _ axis: TimeAxis) {
        self.axis = axis
        self.faults = faults
        var ends: [Double] = []
        lanes = faults.map { fault in
            // A label may reach beyond its bar.
            let name =
                faults.count > Self.mostNames ? 0 : Double(Self.label(fault).count) * 6.6 + 10
            let left = axis.x(fault.start)
            let right = max(axis.x(fault.end), left + name)
            if let free = ends.firstIndex(where: { $0 <= left }) {
                ends[free] = right
                return free
            }
            guard ends.count < Self.mostLanes else { return Self.mostLanes - 1 }
            ends.append(right)
            return ends.count - 1
        }
    }

    var height: Double { Double((lanes.max() ?? -1) + 1) * Self.laneHeight }

    private static func label(_ fault: FaultRecord) -> String {
        "\(fault.number) \(fault.kind.rawValue) \(fault.nodes.map { "\($0)" }.joined(separator: " "))"
            .cut(40)
    }

    func drawing(at top: Double) -> TimelineDrawing.Part {
        var part = TimelineDrawing.Part(
            data: "",
            labels: """
                <text class="quiet" x="\(TimeAxis.left - 8)" y="\(top + 13)" \
                text-anchor="end">faults</text>
                """)
        for (number, fault) in axis.visible(faults, end: { $1.end }) {
            let left = axis.x(fault.start)
            let y = top + Double(lanes[number]) * Self.laneHeight
            part.data += """
                <rect class="fault \(fault.family.rawValue)\(fault.bit ? "" : " idle")" x="\(left)" \
                y="\(y)" width="\(max(axis.x(fault.end) - left, 1))" \
                height="\(Self.laneHeight - 4)" data-from="\(Markup(raw: fault.start.fixed(3)))" \
                data-to="\(Markup(raw: fault.end.fixed(3)))"><title>\(Self.title(fault))</title></rect>
                """
            guard faults.count <= Self.mostNames else { continue }
            part.over += """
                <text class="name" data-x="\(left)" x="\(left + 3)" y="\(y + 12)">\
                \(Self.label(fault))</text>
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
