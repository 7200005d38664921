internal import Faults
internal import Results

/// What the bars and lines of a contradiction's drawing mean, only for what it shows.
struct SceneLegend {
    private let scene: ContradictionScene

    init(_ scene: ContradictionScene) { self.scene = scene }

    /// The legend; what only the wide drawing has is left out on a narrow screen.
    var html: Markup {
        let both = Legend.list(barEntries)
        let wide = Legend.list(lineEntries, kind: "lines-only")
        return both + wide
    }

    private var roles: Set<ContradictionScene.Role> {
        Set(scene.operations.map { scene.role(of: $0) })
    }

    /// The operations, each from its invocation to its completion.
    private var barEntries: [Legend.Entry] {
        let violation = scene.violation
        let entries: [(ContradictionScene.Role, String)] = [
            (.culprit, "the \(violation.noun), from invocation to answer"),
            (.missed, "what it missed"), (.other, "another operation"),
            (.open, "outcome unknown: may take effect at any time"),
        ]
        return entries.filter { roles.contains($0.0) }.map { role, words in
            let sample: Markup = """
                <g class="bar \(role.rawValue)"><rect x="1" y="3" width="20" height="10" rx="2"/></g>
                """
            return (sample, words)
        }
    }

    private var lineEntries: [Legend.Entry] {
        var entries: [Legend.Entry] = []
        if scene.operations.count > 1 {
            entries.append(
                (
                    "<path class=\"before\" d=\"M1 3C11 3 11 13 21 13\"/>",
                    "was over before the other began"
                ))
        }
        if scene.isTimed, scene.violation.behind != nil {
            entries.append(
                ("<path class=\"lag\" d=\"M1 3V8H21V13\"/>", "how far behind"))
        }
        if let fault = scene.faults.first {
            entries.append(
                (
                    "<rect class=\"band \(fault.family.rawValue)\" x=\"1\" y=\"1\" width=\"20\" height=\"14\"/>",
                    "while a fault lasted"
                ))
        }
        return entries
    }
}
