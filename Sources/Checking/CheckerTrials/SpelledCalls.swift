internal import Histories
internal import Models

// How each model's calls are spelled in histories.

extension Register {
    func spelled(_ call: Register.Call) -> SpelledCall {
        switch call {
        case .read(let value): SpelledCall(function: "read", input: .null, output: value)
        case .write(let value): SpelledCall(function: "write", input: value, output: value)
        case .compareAndSet(let expected, let new):
            SpelledCall(function: "cas", input: [expected, new], output: [expected, new])
        case .refused(let expected): SpelledCall(function: "cas", input: [expected, .null])
        }
    }
}

extension MultiRegister {
    func spelled(_ call: MultiRegister.Call) -> SpelledCall {
        switch call {
        case .read(let values):
            SpelledCall(
                function: "read", input: .null, output: .map(Value.Entries(values)))
        case .write(let values):
            SpelledCall(
                function: "write", input: .map(Value.Entries(values)),
                output: .map(Value.Entries(values)))
        case .transaction, .impossible:
            preconditionFailure("transactions are not drawn")
        }
    }
}

extension MutexModel {
    func spelled(_ call: MutexModel.Call) -> SpelledCall {
        let (function, owner) =
            switch call {
            case .acquire(let owner): ("acquire", owner)
            case .release(let owner): ("release", owner)
            }
        return SpelledCall(
            function: function, input: .null, output: .null, process: hasOwners ? owner : nil)
    }
}

extension SimulatedQueue {
    func spelled(_ call: QueueCall) -> SpelledCall {
        let (put, take) = name == "stack" ? ("push", "pop") : ("enqueue", "dequeue")
        return switch call {
        case .put(let value): SpelledCall(function: put, input: value, output: value)
        case .take(let value): SpelledCall(function: take, input: .null, output: value)
        case .takeNothing, .takeUnseen: SpelledCall(function: take, input: .null, output: .null)
        }
    }
}

extension GrowOnlySet {
    func spelled(_ call: GrowOnlySet.Call) -> SpelledCall {
        switch call {
        case .add(let value): SpelledCall(function: "add", input: value, output: value)
        case .read(let seen):
            SpelledCall(function: "read", input: .null, output: .vector(seen.sorted))
        }
    }
}

extension Counter {
    func spelled(_ call: Counter.Call) -> SpelledCall {
        switch call {
        case .add(let number):
            SpelledCall(function: "add", input: .int(number), output: .int(number))
        case .read(let sum): SpelledCall(function: "read", input: .null, output: .int(sum))
        }
    }
}

extension ListAppend {
    func spelled(_ call: ListAppend.Call) -> SpelledCall {
        switch call {
        case .append(let value): SpelledCall(function: "append", input: value, output: value)
        case .read(let seen): SpelledCall(function: "read", input: .null, output: .vector(seen))
        }
    }
}

extension KeyValue {
    func spelled(_ call: KeyValue.Call) -> SpelledCall {
        switch call {
        case .put(let text):
            SpelledCall(function: "put", input: .string(text), output: .string(text))
        case .append(let text):
            SpelledCall(function: "append", input: .string(text), output: .string(text))
        case .get(let seen): SpelledCall(function: "get", input: .null, output: .string(seen))
        }
    }
}
