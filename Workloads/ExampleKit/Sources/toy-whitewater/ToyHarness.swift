import WhitewaterKit

/// `whitewater`, which knows the toy and its workload as well.
@main enum ToyHarness {
    static func main() {
        Whitewater.main(systems: [Toy.self], workloads: [ReadMostly.self])
    }
}
