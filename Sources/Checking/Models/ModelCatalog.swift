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

    /// The model of this name; nil if there is none.
    ///
    /// Registers are read by the given rules.
    public static func model(_ name: String, semantics: Semantics = Semantics()) -> (any Model)? {
        switch name {
        case "register": Register(semantics: semantics, hasCompareAndSet: false)
        case "cas-register": Register(semantics: semantics)
        case "multi-register": MultiRegister()
        case "mutex": MutexModel(hasOwners: false)
        case "owned-mutex": MutexModel(hasOwners: true)
        case "fifo-queue": FIFOQueue()
        case "unordered-queue": UnorderedQueue()
        case "stack": Stack()
        case "set": GrowOnlySet()
        case "counter": Counter()
        case "list-append": ListAppend()
        case "key-value": KeyValue()
        default: nil
        }
    }
}
