/// The models that a command line or a plan can name.
public enum ModelCatalog {
    /// A model's name with what it does, in one line.
    public static let all: [(name: String, summary: String)] = [
        ("register", "read and write"),
        ("cas-register", "read, write and compare-and-set"),
        ("multi-register", "read and write several registers at once; values are maps"),
        ("mutex", "acquire and release; anyone may release"),
        ("owned-mutex", "acquire and release; only the process that holds the lock releases it"),
        ("fifo-queue", "enqueue, and dequeue in the same order; nil where there is nothing"),
        ("unordered-queue", "enqueue, and dequeue in any order; nil where there is nothing"),
        ("stack", "push, and pop the latest; nil where there is nothing"),
        ("set", "add an element, read all"),
        ("counter", "add a number, read the sum"),
        ("list-append", "append an element, read the whole list"),
        ("key-value", "get, put and append on strings"),
    ]

    /// The model of this name, which reads operations by the given rules; nil if there is none.
    ///
    /// - Throws: `InitialValueError` if the model cannot begin with that value.
    public static func model(
        _ name: String, semantics: Semantics = Semantics()
    ) throws(InitialValueError) -> (any Model)? {
        let initial = InitialValue(semantics.initial, model: name)
        return switch name {
        case "register": Register(semantics: semantics, hasCompareAndSet: false)
        case "cas-register": Register(semantics: semantics)
        case "multi-register": try MultiRegister(semantics: semantics)
        case "mutex": try initial.none { MutexModel(hasOwners: false) }
        case "owned-mutex": try initial.none { MutexModel(hasOwners: true) }
        case "fifo-queue": FIFOQueue(initial: try initial.elements)
        case "unordered-queue": UnorderedQueue(initial: try initial.elements)
        case "stack": Stack(initial: try initial.elements)
        case "set": GrowOnlySet(initial: Elements(try initial.elements))
        case "counter": Counter(initial: try initial.integer)
        case "list-append": ListAppend(initial: try initial.elements)
        case "key-value": KeyValue(initial: try initial.text)
        default: nil
        }
    }
}
