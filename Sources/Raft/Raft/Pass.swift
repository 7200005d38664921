/// What is to be done about some events, in the only order that is safe: messages that need not
/// wait for the disk, then the disk, then everything that depends on it.
///
/// Who embeds a ``Server`` makes a pass of the events that have come, and performs its parts one
/// after the other. It may crash between any two of them; nothing that was promised is lost then.
/// One sync serves all events of a pass. The last part tells the server what its disk has, which
/// may give more to do: another pass, of that event.
public struct Pass: Sendable {
    /// One thing to do.
    public enum Part: Hashable, Sendable {
        /// Send these now, while the disk is busy (dissertation §10.2.1).
        case sendEarly([Message])
        /// Write this; it need not be safe yet.
        case store(Effect)
        /// Return when everything that was written is safe.
        case sync
        /// Send, apply, answer: the disk has what this depends on.
        case carryOut(Effect)
        /// Have the server take this event next, before any other.
        case tell(Event)
    }

    /// The parts, in order.
    public let parts: [Part]

    /// Lets a server take events, and says what is to be done.
    public init(
        _ events: some Sequence<Event>, on server: inout Server,
        using random: inout some RandomNumberGenerator
    ) {
        self.init(events, on: &server) { $0.step($1, using: &random) }
    }

    package init(
        _ events: some Sequence<Event>, on server: inout Server,
        _ step: (inout Server, Event) -> [Effect]
    ) {
        var effects: [Effect] = []
        for event in events { effects += step(&server, event) }
        self.init(effects, server)
    }

    /// Puts effects into order; the server is the one that wants them, as it is behind them.
    package init(_ effects: [Effect], _ server: Server) {
        // A message must not leave with a term or after a vote that the disk does not have.
        let mayBeEarly = !effects.contains { if case .keep = $0 { true } else { false } }
        func isEarly(_ effect: Effect) -> Bool {
            if case .send(let message) = effect {
                mayBeEarly && message.mayPrecedeDisk
            } else {
                false
            }
        }
        let stored = effects.filter(\.isForDisk)
        guard !stored.isEmpty else {
            parts = effects.map(Part.carryOut)
            return
        }
        var parts: [Part] = []
        let early = effects.compactMap { effect -> Message? in
            if case .send(let message) = effect, isEarly(effect) { message } else { nil }
        }
        if !early.isEmpty { parts.append(.sendEarly(early)) }
        parts += stored.map(Part.store)
        parts.append(.sync)
        for effect in effects where !effect.isForDisk && !isEarly(effect) {
            parts.append(.carryOut(effect))
        }
        parts.append(.tell(.persisted(through: server.log.lastIndex, term: server.log.lastTerm)))
        self.parts = parts
    }
}

extension Effect {
    /// Whether it changes what is kept.
    public var isForDisk: Bool {
        switch self {
        case .keep, .truncate, .append, .keepSnapshot: true
        case .send, .apply, .restore, .proposed, .refused, .readable, .halt: false
        }
    }
}
