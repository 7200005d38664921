internal import Faults
internal import Results
internal import Topologies

/// A contradiction on a narrow screen, where nothing may lie beyond its edge: an operation below the
/// other, each with its words and a bar on the one time axis.
struct ContradictionList {
    /// Of the axis, in SVG units; the screen stretches it.
    private static let width = 1_000.0
    private static let height = 16.0
    private static let leastBar = 14.0

    private let scene: ContradictionScene

    init(_ scene: ContradictionScene) { self.scene = scene }

    var html: Markup {
        let items = scene.operations.map(item).joined()
        let ends: Markup =
            scene.isTimed
            ? """
            <p class="ends"><span>\(scene.start.fixed(3)) s</span>\
            <span>\(scene.end.fixed(3)) s</span></p>
            """ : "<p class=\"ends\"><span>in the order of events, without times</span></p>"
        let faults = scene.faults.map { scene.name(of: $0) }
        let shaded: Markup =
            faults.isEmpty
            ? "" : "<p class=\"quiet\">Shaded: \(faults.joined(separator: "; ")).</p>"
        return "<div class=\"narrow\"><ol>\(items)</ol>\(ends)\(shaded)</div>"
    }

    private func item(_ operation: OperationExcerpt) -> Markup {
        let role = scene.role(of: operation)
        let behind: String? =
            role == .culprit
            ? scene.violation.behind.map { ", \($0.spanWords) behind" } : nil
        let states: Markup =
            scene.possible[operation.id].map { " <span class=\"quiet\">\($0)</span>" } ?? ""
        return """
            <li class="\(role.rawValue)"><b>\(scene.name(of: operation).cut(40))</b> \
            <span class="what">\(scene.label(of: operation))\(behind ?? "")</span>\
            \(track(of: operation, role))\(states)</li>
            """
    }

    private func track(of operation: OperationExcerpt, _ role: ContradictionScene.Role) -> Markup {
        let bands = scene.faults.map { fault -> Markup in
            let left = Self.width * scene.share(of: fault.start)
            let right = Self.width * scene.share(of: fault.end)
            return """
                <rect class="band \(fault.family.rawValue)" x="\(left)" y="0" \
                width="\(max(right - left, 1))" height="\(Self.height)"/>
                """
        }.joined()
        let span = scene.span(of: operation)
        let end = operation.completion == nil ? scene.end : span.end
        let left = min(Self.width * scene.share(of: span.start), Self.width - Self.leastBar)
        let width = max(Self.width * scene.share(of: end) - left, Self.leastBar)
        return """
            <svg viewBox="0 0 \(Self.width) \(Self.height)" preserveAspectRatio="none" \
            aria-hidden="true">\(bands)<line class="grid" x1="0" x2="\(Self.width)" \
            y1="\(Self.height / 2)" y2="\(Self.height / 2)"/><g class="bar \(role.rawValue)">\
            <rect x="\(left)" y="2" width="\(width)" height="\(Self.height - 4)"/></g></svg>
            """
    }
}
