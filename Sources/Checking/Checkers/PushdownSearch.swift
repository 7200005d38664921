internal import Histories
internal import Models

// A stack whose values repeat. What is to come depends on the stack only through its topmost
// element, until that is popped: the cuts that can be reached by then, from the cut behind the
// push, are the same whatever lies below. So the history is linearizable if and only if the end
// can be reached in a pushdown system whose states are the cuts: n times at most 2^w of them, for
// w operations that are open at once, however many stacks there are.
//
// Solved by tabulation (Reps, Horwitz & Sagiv, POPL 1995; Bouajjani, Esparza & Maler, CONCUR
// 1997). A *frame* is a cut behind a push with the value pushed. An *edge* says that from the
// frame's beginning a cut can be reached with that value on top again and all below untouched.
// Invariant: every edge is reached by a legal order from the beginning of the history, which can
// be read off the edges before it; and what can be reached at all lies on an edge in the end.

/// The exact search for stacks, polynomial for as long as few operations are open at once.
struct PushdownSearch: StructuredSearch {
    private struct Frame: Hashable {
        let cut: Int32
        /// -1 for the empty stack.
        let value: Int32
    }

    /// How a cut was reached in a frame.
    private struct Edge {
        let frame: Int32
        let cut: Int32
        /// The edge from which this one goes on; -1 at the beginning.
        let before: Int32
        /// The entry that pushed, if the edge begins a frame or comes back from one.
        let push: Int32
        /// The edge in that frame from which it came back; -1 if it did not.
        let inner: Int32
        /// The entry that popped, or found nothing.
        let pop: Int32
    }

    private let track: Track<Stack>
    private let cuts: Cuts<QueueCall>
    private var values = Numbering()
    private var valueOf: [Int32]
    private var cutNumbers: [Cut: Int32] = [:]
    private var cutList: [Cut] = []
    private var frameNumbers: [Frame: Int32] = [:]
    private var frames: [Frame] = []
    /// Per frame: one edge of each frame that pushed into it, with the entry that did.
    private var callers: [[(edge: Int32, push: Int32)]] = []
    /// Per frame: the cuts in which its element was popped, with the edge and the entry.
    private var exits: [[(cut: Int32, edge: Int32, pop: Int32)]] = []
    private var known: Set<UInt64> = []
    private var edges: [Edge] = []
    private var work: [Int32] = []
    private var end: Int32?
    private var deepest = Cut()
    private var links = 0
    private var hasBegun = false

    /// Nil if too many operations are open at once.
    init?(_ track: Track<Stack>) {
        guard let cuts = Cuts(track.entries, places: Array(track.entries.indices)) else {
            return nil
        }
        self.track = track
        self.cuts = cuts
        valueOf = []
        for entry in track.entries {
            switch entry.call {
            case .put(let value), .take(let value):
                valueOf.append(Int32(values.number(of: value)))
            case .takeNothing, .takeUnseen: valueOf.append(-1)
            }
        }
    }

    /// Searches until the end is reached, or nothing is left to try, or so many configurations
    /// have been visited.
    mutating func run(_ meter: Meter, until most: Int, others: Int) -> SearchFinding<Stack>? {
        if !hasBegun {
            hasBegun = true
            begin()
        }
        while end == nil, let edge = work.last {
            guard meter.configurations < most else { return nil }
            if let limit = meter.spend(1 + links, bytes: bytes + others) {
                return .undecided(limit, frontier)
            }
            work.removeLast()
            links = 0
            expand(Int(edge))
        }
        if let end { return .ordered(order(to: Int(end))) }
        let entry = cuts.target(of: deepest)
        return .violation(
            DeadEnd(
                entry: entry, states: [], open: cuts.open(at: Int(deepest.level)).map(Int.init),
                demanded: entry, last: []))
    }

    /// What is in use, counted before tables double and with their copies.
    var bytes: Int {
        let tables = (edges.count + 4_096).roundedUp * 40 + (cutList.count + 4_096).roundedUp * 64
        return tables / 2 * 3 + frames.count * 160
    }

    private var frontier: DeepestFrontier {
        DeepestFrontier(
            completed: track.entries[cuts.target(of: deepest)].id, configurations: work.count,
            states: [])
    }

    // MARK: Reaching cuts

    /// The empty stack, and what lay on it at first.
    private mutating func begin() {
        let cut = number(of: Cut())
        var frame = Frame(cut: cut, value: -1)
        var edge: Int32 = -1
        for value in track.model.initialState {
            edge = begin(frame, from: edge)
            frame = Frame(cut: cut, value: Int32(values.number(of: value)))
        }
        // What lies below is not on top until what lies on it has been popped.
        work = [begin(frame, from: edge)]
    }

    private mutating func begin(_ frame: Frame, from edge: Int32) -> Int32 {
        // Equal elements one above the other are different frames with the same cut.
        let number = create(frame, from: edge, push: -1)
        if edge >= 0 { call(number, from: edge, push: -1) }
        return Int32(edges.count) - 1
    }

    private mutating func expand(_ number: Int) {
        let edge = edges[number]
        let first = work.count
        let frame = frames[Int(edge.frame)]
        var steps: [(entry: Int, cut: Cut)] = []
        cuts.forEachStep(from: cutList[Int(edge.cut)]) { steps.append(($0, $1)) }
        for (entry, next) in steps {
            switch track.entries[entry].call {
            case .put:
                let inner = enter(
                    Frame(cut: self.number(of: next), value: valueOf[entry]),
                    from: Int32(number), push: Int32(entry))
                call(inner, from: Int32(number), push: Int32(entry))
            case .take where frame.value == valueOf[entry],
                .takeUnseen where frame.value >= 0:
                leave(edge.frame, at: next, from: Int32(number), pop: Int32(entry))
            case .takeNothing where frame.value < 0:
                add(
                    Edge(
                        frame: edge.frame, cut: self.number(of: next), before: Int32(number),
                        push: -1, inner: -1, pop: Int32(entry)))
            case .take, .takeNothing, .takeUnseen: continue
            }
        }
        // What was found first is tried first.
        work[first...].reverse()
    }

    private mutating func number(of cut: Cut) -> Int32 {
        if let number = cutNumbers[cut] { return number }
        let number = Int32(cutList.count)
        cutNumbers[cut] = number
        cutList.append(cut)
        if cut.level > deepest.level { deepest = cut }
        return number
    }

    /// The number of a frame, which is begun if it is new.
    private mutating func enter(_ frame: Frame, from edge: Int32, push: Int32) -> Int32 {
        if let number = frameNumbers[frame] { return number }
        frameNumbers[frame] = Int32(frames.count)
        return create(frame, from: edge, push: push)
    }

    private mutating func create(_ frame: Frame, from edge: Int32, push: Int32) -> Int32 {
        let number = Int32(frames.count)
        frames.append(frame)
        callers.append([])
        exits.append([])
        add(Edge(frame: number, cut: frame.cut, before: edge, push: push, inner: -1, pop: -1))
        return number
    }

    /// Notes who comes back when a frame's element is popped.
    private mutating func call(_ inner: Int32, from edge: Int32, push: Int32) {
        let frame = edges[Int(edge)].frame
        links += callers[Int(inner)].count
        guard !callers[Int(inner)].contains(where: { edges[Int($0.edge)].frame == frame }) else {
            return
        }
        callers[Int(inner)].append((edge, push))
        for exit in exits[Int(inner)] {
            add(
                Edge(
                    frame: frame, cut: exit.cut, before: edge, push: push, inner: exit.edge,
                    pop: exit.pop))
        }
    }

    /// Comes back to all who pushed a frame's element.
    private mutating func leave(_ frame: Int32, at cut: Cut, from edge: Int32, pop: Int32) {
        let cut = number(of: cut)
        links += exits[Int(frame)].count
        guard !exits[Int(frame)].contains(where: { $0.cut == cut }) else { return }
        exits[Int(frame)].append((cut, edge, pop))
        for caller in callers[Int(frame)] {
            add(
                Edge(
                    frame: edges[Int(caller.edge)].frame, cut: cut, before: caller.edge,
                    push: caller.push, inner: edge, pop: pop))
        }
    }

    private mutating func add(_ edge: Edge) {
        let key = UInt64(UInt32(bitPattern: edge.frame)) << 32 | UInt64(edge.cut)
        guard known.insert(key).inserted else { return }
        let number = Int32(edges.count)
        edges.append(edge)
        work.append(number)
        if end == nil, cuts.isEnd(cutList[Int(edge.cut)]) { end = number }
    }

    // MARK: The order

    /// The entries that took effect on the way to an edge.
    private func order(to edge: Int) -> [Int] {
        var order: [Int] = []
        // Edges whose frame is being gone through backwards.
        var outer: [Edge] = []
        var next = edge
        while next >= 0 {
            let edge = edges[next]
            if edge.pop >= 0 { order.append(Int(edge.pop)) }
            if edge.inner >= 0 {
                outer.append(edge)
                next = Int(edge.inner)
            } else if edge.pop < 0, let caller = outer.popLast() {
                if caller.push >= 0 { order.append(Int(caller.push)) }
                next = Int(caller.before)
            } else {
                if edge.push >= 0 { order.append(Int(edge.push)) }
                next = Int(edge.before)
            }
        }
        return order.reversed()
    }
}
