internal import Models

/// What a queue or stack of distinct elements says: who put each element in and who took it out.
struct Pairs {
    /// The places of what put an element in and what took it out, nil if nothing did; without
    /// crashed ones that nobody saw, by the first place.
    var elements: [(put: Int, take: Int?)] = []
    /// The places of operations that found nothing.
    var empties: [Int] = []
    /// The places of those of which nobody knows what they took out.
    var unseen: [Int] = []

    /// Nothing was put in or taken out.
    init() {}

    /// Nil if an element is put in twice.
    ///
    /// - Throws: a conflict of an element that was taken out twice, without having been put in, or
    ///   before that.
    init?(_ entries: [TrackEntry<QueueCall>]) throws(Conflict) {
        var numbers = Numbering()
        var puts: [Int?] = []
        var takes: [Int?] = []
        var duplicate: Conflict?
        for (place, entry) in entries.enumerated() {
            switch entry.call {
            case .put(let value), .take(let value):
                let number = numbers.number(of: value)
                while puts.count < numbers.count {
                    puts.append(nil)
                    takes.append(nil)
                }
                if case .put = entry.call {
                    guard puts[number] == nil else { return nil }
                    puts[number] = place
                } else {
                    if let other = takes[number] {
                        duplicate =
                            duplicate ?? Conflict(.takenTwice, culprit: place, missed: other)
                    }
                    takes[number] = place
                }
            case .takeNothing: empties.append(place)
            case .takeUnseen: unseen.append(place)
            }
        }
        if let duplicate { throw duplicate }
        for (put, take) in zip(puts, takes) {
            guard let put else { throw Conflict(.unwritten, culprit: take ?? 0) }
            if let take, entries[take].completion < entries[put].invocation {
                throw Conflict(.future, culprit: take, missed: put)
            }
            // What crashed and nobody saw need not have happened.
            if take != nil || !entries[put].isUnknown { elements.append((put, take)) }
        }
        elements.sort { $0.put < $1.put }
    }
}
