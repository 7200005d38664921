public import Faults
internal import Topologies

/// A cluster that other faults strike as well needs a majority before it can change.
private let removalLimit = Duration.seconds(5)
/// By then other faults have been healed, and the nodes have found a leader.
private let additionLimit = Duration.seconds(30)

extension MemberRemoval: Injectable {
    /// Removes one after the other; each is out before the next is asked for.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        var seen: [String] = []
        for (place, node) in nodes.enumerated() {
            do {
                seen.append(try await site.change(.remove(node), within: removalLimit))
            } catch {
                // A change that came too late for us may still come: whatever it was, undo it.
                let undone = nodes[...place]
                for node in undone {
                    _ = try? await site.change(.add(node), within: additionLimit)
                }
                throw InjectionError.membersKept("\(error)")
            }
        }
        return ActiveRemoval(nodes: nodes, seen: seen, site: site)
    }
}

private struct ActiveRemoval: Injection {
    let nodes: [NodeName]
    let seen: [String]
    let site: any FaultSite

    func heal() async throws -> Evidence {
        var checks = [
            FaultRecord.Check(
                "the members were without it", true, seen.joined(separator: "; "))
        ]
        for node in nodes {
            do {
                let words = try await site.change(.add(node), within: additionLimit)
                checks.append(FaultRecord.Check("\(node) was a member again", true, words))
            } catch {
                checks.append(FaultRecord.Check("\(node) was a member again", false, "\(error)"))
            }
        }
        return Evidence(checks)
    }

    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] {
        let back = nodes.filter(serving.contains)
        return [FaultRecord.Check("the node answered again", back == nodes, "answered: \(back)")]
    }
}

extension LeadershipTransfer: Injectable {
    /// Returns when the node leads.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        do {
            return ActiveTransfer(
                seen: try await site.change(.transferLeadership(to: target), within: removalLimit))
        } catch {
            throw InjectionError.membersKept("\(error)")
        }
    }
}

private struct ActiveTransfer: Injection {
    let seen: String

    func heal() async throws -> Evidence {
        Evidence([FaultRecord.Check("the node led at the leader's word", true, seen)])
    }
}
