import WhitewaterKit

/// The program with Whitewater's own systems and workloads.
@main enum Main {
    static func main() { Whitewater.main() }
}
