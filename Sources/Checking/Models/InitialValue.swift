public import Histories

/// What a model begins with, as a person names it; nil stands for what the model has by itself.
struct InitialValue {
    private let value: Value
    private let model: String

    init(_ value: Value, model: String) {
        self.value = value
        self.model = model
    }

    /// The elements of a vector or a set.
    var elements: [Value] {
        get throws(InitialValueError) {
            switch value {
            case .null: []
            case .vector(let elements): elements
            case .set(let members): members.elements
            default: throw refusal("a vector of elements, such as [1 2]")
            }
        }
    }

    /// An integer.
    var integer: Int {
        get throws(InitialValueError) {
            switch value {
            case .null: 0
            case .int(let number): number
            default: throw refusal("an integer")
            }
        }
    }

    /// Text.
    var text: Text {
        get throws(InitialValueError) {
            switch value {
            case .null: ""
            case .string(let text): text
            default: throw refusal("a string in quotes")
            }
        }
    }

    /// A map.
    var entries: [Value: Value] {
        get throws(InitialValueError) {
            switch value {
            case .null: [:]
            case .map(let entries): entries.dictionary
            default: throw refusal("a map of registers, such as {:x 0, :y 0}")
            }
        }
    }

    /// A model that begins in one way only.
    func none<M: Model>(_ model: () -> M) throws(InitialValueError) -> M {
        guard value == .null else { throw refusal(nil) }
        return model()
    }

    private func refusal(_ expected: String?) -> InitialValueError {
        InitialValueError(model: model, value: value, expected: expected)
    }
}

/// Why a model cannot begin with a value.
public struct InitialValueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The model's name.
    public let model: String
    /// The value.
    public let value: Value
    /// What the model can begin with; nil if it always begins in the same way.
    public let expected: String?

    /// What is wrong and what would be right.
    public var description: String {
        expected.map { "the model \(model) begins with \($0), not with \(value)" }
            ?? "the model \(model) always begins in the same way, not with \(value)"
    }
}
