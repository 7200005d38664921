public import Histories

/// A lock: `acquire` and `release`.
///
/// With owners only the process that holds the lock can release it; without, anyone can.
public struct MutexModel: Model {
    /// Who holds the lock.
    public enum State: Hashable, Sendable {
        /// Nobody.
        case free
        /// Somebody; the process, where owners count.
        case held(by: Int)
    }

    /// An operation on the lock.
    public enum Call: Hashable, Sendable {
        /// The lock was taken.
        case acquire(Int)
        /// The lock was given back.
        case release(Int)
    }

    /// Whether only the holder can release.
    public let hasOwners: Bool
    /// The lock is free.
    public let initialState = State.free

    /// A free lock.
    public init(hasOwners: Bool = true) { self.hasOwners = hasOwners }

    /// The model's name on a command line.
    public var name: String { hasOwners ? "owned-mutex" : "mutex" }

    /// What the operation says about the lock; a failed one says nothing.
    ///
    /// - Throws: `ModelError` for an operation that is not one of a lock.
    public func call(for operation: Operation) throws(ModelError) -> Call? {
        let known = ["acquire", "release"]
        guard known.contains(operation.function) else {
            throw ModelError(model: name, operation: operation, known: known)
        }
        if case .failed = operation.outcome { return nil }
        let process = hasOwners ? operation.process : 0
        return operation.function == "acquire" ? .acquire(process) : .release(process)
    }

    /// The lock after the call.
    public func step(_ state: State, _ call: Call) -> State? {
        switch (state, call) {
        case (.free, .acquire(let process)): .held(by: process)
        case (.held(let owner), .release(let process)) where owner == process: .free
        default: nil
        }
    }

    /// Each call is legal in one state only.
    public func observation(of call: Call) -> Observation<State> {
        switch call {
        case .acquire: .only(.free)
        case .release(let process): .only(.held(by: process))
        }
    }

    /// Who holds the lock.
    public func describe(_ state: State) -> String {
        switch state {
        case .free: "no lock"
        case .held(let process): hasOwners ? "process \(process)'s lock" : "a taken lock"
        }
    }

    /// The call in words.
    public func describe(_ call: Call) -> Words {
        switch call {
        case .acquire: Words("acquired the lock")
        case .release: Words("released the lock")
        }
    }
}
