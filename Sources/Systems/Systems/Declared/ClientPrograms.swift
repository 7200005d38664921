internal import Clients
internal import Foundation
internal import Histories
internal import Labs
internal import NIOPosix
internal import Plans
internal import Synchronization
internal import Topologies

/// The client programs of a run: one for each worker, and two for each node that are asked what
/// the node is and whether it serves.
final class ClientPrograms: Sendable {
    private let command: NodeCommand
    private let folder: String
    private let topology: Topology
    private let workload: String
    private let options: Value
    private let group: MultiThreadedEventLoopGroup
    private let programs = Mutex<[String: ClientProgram]>([:])

    /// No program yet; their standard errors go to `clients` in the run's folder.
    init(
        _ command: NodeCommand, setup: SystemSetup, options: [PlanTree.Entry],
        on group: MultiThreadedEventLoopGroup
    ) {
        self.command = command
        self.group = group
        topology = setup.topology
        workload = setup.plan.workload.name
        self.options = Value(PlanTree.map(options))
        folder = (setup.runFolder ?? NSTemporaryDirectory()) + "/clients"
        // Where this fails the first program says so, for its log cannot be opened.
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    /// The client of a process in a worker's place.
    func client(of node: Node, for worker: Worker) -> ExecClient {
        ExecClient(
            program(named: "w\(worker.number)"), opening: opening(node, process: worker.process),
            process: worker.process)
    }

    /// Asks the node's own program for something that is no operation: `status` or `serves`.
    func ask(
        _ function: String, of node: Node, within time: Duration
    ) async throws(ClientProgram.Failure) -> Value {
        try await program(named: "\(node.name)-\(function)").ask(
            [
                .init(key: "type", value: "invoke"), .init(key: "f", value: .string(function)),
                .init(key: "timeout", value: .int(Int(time / .milliseconds(1)))),
            ], opening: opening(node, process: nil), within: time)
    }

    /// Ends all programs.
    func end() async {
        let all = programs.withLock { programs in
            defer { programs = [:] }
            return Array(programs.values)
        }
        await withTaskGroup { tasks in
            for program in all { tasks.addTask { await program.end() } }
        }
    }

    private func program(named name: String) -> ClientProgram {
        programs.withLock { programs in
            if let program = programs[name] { return program }
            let program = ClientProgram(command, log: "\(folder)/\(name).log", on: group)
            programs[name] = program
            return program
        }
    }

    private func opening(_ node: Node, process: Int?) -> [Value.Entry] {
        let nodes = Dictionary(
            uniqueKeysWithValues: topology.nodes.map {
                (Value.string("\($0.name)"), Value.string("\($0.address)"))
            })
        return [.init(key: "type", value: "open")]
            + (process.map { [.init(key: "process", value: .int($0))] } ?? []) + [
                .init(key: "node", value: .string("\(node.name)")),
                .init(key: "address", value: .string("\(node.address)")),
                .init(key: "nodes", value: .map(.init(nodes))),
                .init(key: "workload", value: .string(workload)),
                .init(key: "options", value: options),
            ]
    }
}

extension Value {
    /// What a plan says, as JSON would: numbers and flags are not text.
    init(_ tree: PlanTree) {
        switch tree {
        case .text(let text):
            if let number = Int(text), "\(number)" == text {
                self = .int(number)
            } else if let flag = Bool(text) {
                self = .bool(flag)
            } else {
                self = .string(text)
            }
        case .list(let elements): self = .vector(elements.map { Value($0) })
        case .map(let entries):
            // YAML's keys are distinct.
            self = .map(
                .init(
                    Dictionary(
                        entries.map { (.string($0.key), Value($0.value)) },
                        uniquingKeysWith: { $1 })))
        }
    }
}
