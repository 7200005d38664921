public import Histories

/// An operation on a collection from which elements are taken out again.
public enum QueueCall: Hashable, Sendable {
    /// This was put in.
    case put(Value)
    /// This was taken out.
    case take(Value)
    /// There was nothing to take out.
    case takeNothing
    /// Something was taken out if there was anything; nobody saw what.
    case takeUnseen

    /// Reads an operation by its two names; nil if it says nothing.
    ///
    /// - Throws: `ModelError` for any other name.
    init?(
        _ operation: Operation, model: String, put: String, take: String
    ) throws(ModelError) {
        switch operation.function {
        case put:
            if case .failed = operation.outcome { return nil }
            self = .put(operation.input)
        case take:
            switch operation.outcome {
            case .ok(.null): self = .takeNothing
            case .ok(let value): self = .take(value)
            case .unknown: self = .takeUnseen
            case .failed: return nil
            }
        default: throw ModelError(model: model, operation: operation, known: [put, take])
        }
    }

    /// The values that it ties together.
    var values: [Value] {
        switch self {
        case .put(let value), .take(let value): [value]
        case .takeNothing, .takeUnseen: []
        }
    }

    /// The first certain call that took out what no call put in.
    static func unwritten(
        among calls: [QueueCall], isCertain: (Int) -> Bool,
        initially: [Value]
    ) -> Int? {
        Supply.firstUnmet(calls, isCertain: isCertain, initially: initially) { call -> Value? in
            if case .put(let value) = call { value } else { nil }
        } needs: { call -> Value? in
            if case .take(let value) = call { value } else { nil }
        }
    }

    /// The call in words, with its two verbs.
    func words(put: String, take: String) -> Words {
        switch self {
        case .put(let value): Words("\(put) \(value)")
        case .take(let value): Words("\(take) \(value)")
        case .takeNothing: Words("found nothing there")
        case .takeUnseen: Words("\(take) something unseen, or nothing")
        }
    }
}
