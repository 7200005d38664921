/// One node is killed, its folder is damaged while it is down, and it is started again.
public struct DamagedFolder: Fault {
    /// What becomes of the folder.
    public let kind: FolderDamage.Kind
    /// A majority has to be left that remembers what an emptied node has forgotten.
    public var leastNodes: Int { kind == .wipe ? 3 : 1 }
    /// A dead process cannot be killed or frozen.
    public let isExclusive = true

    /// Nobody is to meet it who did not ask for it.
    public var needs: Set<Footing> { kind == .wipe ? [.damage, .wipes] : [.damage] }

    /// Damage of a kind.
    public init(_ kind: FolderDamage.Kind) { self.kind = kind }

    /// The family's name.
    public var family: FaultName { FaultName(rawValue: kind.rawValue) }
    /// `corrupt-one` or `wipe-one`.
    public var name: FaultName { "\(kind.rawValue)-one" }
    /// In words.
    public var summary: String {
        switch kind {
        case .corrupt:
            "flip a bit in one node's files, or cut one short, while it is down: it must refuse or "
                + "repair it, never serve it"
        case .wipe:
            "start one node with an empty folder under its old name: it must not be let in "
                + "as if it remembered"
        }
    }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        let node = aiming.order[0]
        return Aim(affected: [node], FolderDamage(of: [node], kind, in: aiming.intensity.damaged))
    }
}
