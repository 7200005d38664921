/// Finds calls that returned what nobody may have put there, for models whose values come from
/// one call and are seen by others.
enum Supply {
    /// The first certain call whose need is met neither by the object's first state nor by
    /// a call that may have taken effect: one that is certain, or whose own need is met.
    ///
    /// Linear in the number of values, for each round in which uncertain calls fall out.
    static func firstUnmet<Call, Need: Hashable>(
        _ calls: [Call], isCertain: (Int) -> Bool, initially: [Need],
        leaves: (Call) -> Need?, needs: (Call) -> Need?
    ) -> Int? {
        var impossible: Set<Int> = []
        while true {
            var left = Set(initially)
            for (place, call) in calls.enumerated() where !impossible.contains(place) {
                if let value = leaves(call) { left.insert(value) }
            }
            var hasChanged = false
            for (place, call) in calls.enumerated() where !impossible.contains(place) {
                guard let need = needs(call), !left.contains(need) else { continue }
                if isCertain(place) { return place }
                impossible.insert(place)
                hasChanged = hasChanged || leaves(call) != nil
            }
            if !hasChanged { return nil }
        }
    }
}
