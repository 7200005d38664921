internal import Histories
internal import Models

// How each model's operations are drawn for the self-test.

extension Register: Simulated {
    func draft(
        fresh: Int, unique: Bool, process: Int, using dice: inout Dice
    ) -> Register.Call {
        let value = dice.value(unique ? fresh : dice.below(3))
        return switch dice.below(3) {
        case 0: .read(.null)
        case 1: .write(value)
        default:
            .compareAndSet(expected: dice.value(dice.below(unique ? fresh + 1 : 3)), new: value)
        }
    }

    func call(_ draft: Register.Call, in state: Value) -> Register.Call? {
        switch draft {
        case .read: .read(state)
        case .compareAndSet(let expected, let new):
            // Half of the expectations are made true, or hardly one would be with unique values.
            if "\(new)".utf8.reduce(0, &+).isMultiple(of: 2), state != new {
                .compareAndSet(expected: state, new: new)
            } else {
                expected == state ? draft : .refused(expected: expected)
            }
        case .write, .refused: draft
        }
    }

    func guess(
        _ draft: Register.Call, in state: Value, using dice: inout Dice
    ) -> Register.Call? {
        switch draft {
        case .read: .read(dice.chance(0.2) ? .null : dice.value(dice.below(9)))
        case .compareAndSet(let expected, _):
            dice.chance(0.5) ? draft : .refused(expected: dice.chance(0.5) ? state : expected)
        case .write, .refused: draft
        }
    }

    func unseen(_ draft: Register.Call) -> Register.Call? {
        if case .read = draft { nil } else { draft }
    }
}

extension MultiRegister: Simulated {
    func draft(
        fresh: Int, unique: Bool, process: Int, using dice: inout Dice
    ) -> MultiRegister.Call {
        let keys = [[0], [1], [0, 1]][dice.below(3)]
        let pairs = keys.map { (dice.value($0), dice.value(dice.below(3))) }
        let values = Dictionary(uniqueKeysWithValues: pairs)
        return dice.chance(0.5) ? .read(values) : .write(values)
    }

    func call(_ draft: MultiRegister.Call, in state: State) -> MultiRegister.Call? {
        guard case .read(let values) = draft else { return draft }
        return .read(
            Dictionary(uniqueKeysWithValues: values.keys.map { ($0, state[$0] ?? .null) }))
    }

    func guess(
        _ draft: MultiRegister.Call, in state: State, using dice: inout Dice
    ) -> MultiRegister.Call? { draft }

    func unseen(_ draft: MultiRegister.Call) -> MultiRegister.Call? {
        if case .read = draft { nil } else { draft }
    }
}

extension MutexModel: Simulated {
    func draft(
        fresh: Int, unique: Bool, process: Int, using dice: inout Dice
    ) -> MutexModel.Call {
        let owner = hasOwners ? process : 0
        return dice.chance(0.5) ? .acquire(owner) : .release(owner)
    }

    /// A lock that is held, or not, refuses without a word.
    func call(_ draft: MutexModel.Call, in state: State) -> MutexModel.Call? {
        step(state, draft) == nil ? nil : draft
    }

    func guess(
        _ draft: MutexModel.Call, in state: State, using dice: inout Dice
    ) -> MutexModel.Call? { draft }

    func unseen(_ draft: MutexModel.Call) -> MutexModel.Call? { draft }
}

/// Models whose operations put elements in and take them out.
protocol SimulatedQueue: Simulated where Call == QueueCall, Draft == QueueCall {
    /// What would be taken out next.
    func next(in state: State, using dice: inout Dice) -> Value?
}

extension SimulatedQueue {
    static var remembersOrder: Bool { true }

    func draft(
        fresh: Int, unique: Bool, process: Int, using dice: inout Dice
    ) -> QueueCall {
        dice.chance(0.5) ? .put(dice.value(unique ? fresh : dice.below(3))) : .takeUnseen
    }

    func call(_ draft: QueueCall, in state: State) -> QueueCall? {
        guard draft == .takeUnseen else { return draft }
        var dice = Dice(seed: 1)
        return next(in: state, using: &dice).map(QueueCall.take) ?? .takeNothing
    }

    func forgotten(_ call: QueueCall) -> QueueCall? {
        switch call {
        case .put, .takeUnseen: call
        case .take: .takeUnseen
        case .takeNothing: nil
        }
    }

    func guess(_ draft: QueueCall, in state: State, using dice: inout Dice) -> QueueCall? {
        guard draft == .takeUnseen else { return draft }
        return dice.chance(0.3) ? .takeNothing : .take(dice.value(dice.below(9)))
    }
}

extension FIFOQueue: SimulatedQueue {
    func next(in state: ArraySlice<Value>, using dice: inout Dice) -> Value? { state.first }
    // The linear decider is not for crashed dequeues, and few histories would be left to it.
    func unseen(_ draft: QueueCall) -> QueueCall? { draft }
}

extension Stack: SimulatedQueue {
    func next(in state: [Value], using dice: inout Dice) -> Value? { state.last }
    func unseen(_ draft: QueueCall) -> QueueCall? { draft }
}

extension UnorderedQueue: SimulatedQueue {
    func next(in state: [Value: Int], using dice: inout Dice) -> Value? {
        state.keys.min { "\($0)" < "\($1)" }
    }
    func unseen(_ draft: QueueCall) -> QueueCall? { draft }
}

extension GrowOnlySet: Simulated {
    func draft(
        fresh: Int, unique: Bool, process: Int, using dice: inout Dice
    ) -> GrowOnlySet.Call {
        dice.chance(0.5) ? .read([]) : .add(dice.value(unique ? fresh : dice.below(4)))
    }

    func call(_ draft: GrowOnlySet.Call, in state: Elements) -> GrowOnlySet.Call? {
        if case .read = draft { .read(state) } else { draft }
    }

    func guess(
        _ draft: GrowOnlySet.Call, in state: Elements, using dice: inout Dice
    ) -> GrowOnlySet.Call? {
        guard case .read = draft else { return draft }
        let extra = dice.value(dice.below(9))
        let fewer = Elements(state.sorted.filter { $0 != extra })
        return .read(fewer.count < state.count ? fewer : Elements(state.sorted + [extra]))
    }

    func unseen(_ draft: GrowOnlySet.Call) -> GrowOnlySet.Call? {
        if case .read = draft { nil } else { draft }
    }
}

extension Counter: Simulated {
    func draft(fresh: Int, unique: Bool, process: Int, using dice: inout Dice) -> Counter.Call {
        dice.chance(0.5) ? .read(0) : .add(unique ? 1 : dice.below(4) - 1)
    }

    func call(_ draft: Counter.Call, in state: Int128) -> Counter.Call? {
        if case .read = draft { .read(Int(state)) } else { draft }
    }

    func guess(
        _ draft: Counter.Call, in state: Int128, using dice: inout Dice
    ) -> Counter.Call? {
        if case .read = draft { .read(Int(state) + dice.below(5) - 2) } else { draft }
    }

    func unseen(_ draft: Counter.Call) -> Counter.Call? {
        if case .read = draft { nil } else { draft }
    }
}

extension ListAppend: Simulated {
    static var remembersOrder: Bool { true }

    func draft(
        fresh: Int, unique: Bool, process: Int, using dice: inout Dice
    ) -> ListAppend.Call {
        dice.chance(0.5) ? .read([]) : .append(dice.value(unique ? fresh : dice.below(3)))
    }

    func call(_ draft: ListAppend.Call, in state: [Value]) -> ListAppend.Call? {
        if case .read = draft { .read(state) } else { draft }
    }

    func guess(
        _ draft: ListAppend.Call, in state: [Value], using dice: inout Dice
    ) -> ListAppend.Call? {
        guard case .read = draft else { return draft }
        switch dice.below(3) {
        case 0: return .read(Array(state.dropLast()))
        case 1: return .read(state + [dice.value(dice.below(9))])
        default: return .read(state.reversed())
        }
    }

    func unseen(_ draft: ListAppend.Call) -> ListAppend.Call? {
        if case .read = draft { nil } else { draft }
    }
}

extension KeyValue: Simulated {
    static var remembersOrder: Bool { true }

    func draft(fresh: Int, unique: Bool, process: Int, using dice: inout Dice) -> KeyValue.Call {
        let letter: Text = ["a", "\u{e1}", Text(bytes: [0xff])][dice.below(3)]
        return switch dice.below(4) {
        case 0: .put(letter)
        case 1: .append(letter)
        default: .get("")
        }
    }

    func call(_ draft: KeyValue.Call, in state: Text) -> KeyValue.Call? {
        if case .get = draft { .get(state) } else { draft }
    }

    func guess(
        _ draft: KeyValue.Call, in state: Text, using dice: inout Dice
    ) -> KeyValue.Call? {
        guard case .get = draft else { return draft }
        return .get(dice.chance(0.5) ? Text(bytes: state.bytes.dropLast()) : state + "a")
    }

    func unseen(_ draft: KeyValue.Call) -> KeyValue.Call? {
        if case .get = draft { nil } else { draft }
    }
}
