internal import Faults
internal import Stores

/// What was done to the cluster, the evidence that it bit, and what clients could still do.
struct FaultSection {
    private static let mostShown = 200

    private let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    var html: Markup {
        let faults = run.results.faults
        guard !faults.isEmpty else { return "" }
        let availability = Availability.of(run)
        let rows = zip(faults, availability).prefix(Self.mostShown).map(row).joined()
        let rest = faults.count - Self.mostShown
        let more: Markup = rest > 0 ? "<p>And \(rest) more, in results.json.</p>" : ""
        return """
            <section><h2>Faults, their evidence, and availability</h2>
            <p class="quiet">Times in seconds. First success: of an operation invoked after the \
            injection, or after the healing. Outage: the longest time without any success until \
            all nodes served again.</p>
            <div class="wide"><table class="sortable"><thead><tr><th>#</th><th>kind</th>\
            <th>nodes</th><th>from</th><th>to</th><th>bit?</th><th>first success</th>\
            <th>after healing</th><th>outage</th><th>elections</th><th>leader (term)</th>\
            <th>evidence</th></tr></thead><tbody>\(rows)</tbody></table></div>\
            \(more)</section>

            """
    }

    private func row(_ fault: FaultRecord, _ availability: Availability) -> Markup {
        let checks = fault.checks.map { check in
            "<li>\(check.isMet ? "✓" : "✗") \(check.demand): \(check.detail)</li>" as Markup
        }.joined()
        let links = fault.links.map { link in
            "\(link.link) \(link.droppedPackets) dropped"
                + (link.probeArrived ? ", probe arrived" : "")
        }.joined(separator: "; ")
        let pairs: Markup = links.isEmpty ? "" : "<li>\(links.cut(2_000))</li>"
        func seconds(_ value: Double?) -> String { value.map { $0.fixed(2) } ?? "never" }
        let elections = availability.elections.prefix(5).map { "+\($0.fixed(2))" }
            .joined(separator: " ")
        return """
            <tr data-from="\(fault.start.fixed(2))" data-to="\(fault.end.fixed(2))">\
            <td>\(fault.number)</td><td>\(fault.kind)</td>\
            <td>\(fault.nodes.joined(separator: " "))</td><td>\(fault.start.fixed(2))</td>\
            <td>\(fault.end.fixed(2))</td>\
            <td class="\(fault.bit ? "ok" : "fail")">\(fault.bit ? "bit" : "did not bite")</td>\
            <td>\(seconds(availability.afterInjection))</td>\
            <td>\(seconds(availability.afterHealing))</td>\
            <td>\(availability.longestOutage.fixed(2))</td><td>\(elections)</td>\
            <td>\(Self.leadership(fault))</td><td><details><summary>\(fault.checks.count) \
            \(fault.checks.count == 1 ? "check" : "checks")\
            </summary><ul>\(checks)\(pairs)</ul></details></td></tr>
            """
    }

    private static func leadership(_ fault: FaultRecord) -> String {
        func text(_ leadership: FaultRecord.Leadership?) -> String {
            leadership.map { "\($0.leader) (\($0.term))" } ?? "none"
        }
        return "\(text(fault.before)) → \(text(fault.after))"
    }
}
