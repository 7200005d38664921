import Histories
import Testing

@Suite struct `Processes, nodes and indexes are kept` {
    @Test func `a node is read and belongs to its operation`() throws {
        let history = try History(
            text: """
                {:process 0, :type :invoke, :f :read, :value nil, :node "n3"}
                {:process 1, :type :invoke, :f :read, :value nil}
                {:process 0, :type :ok, :f :read, :value 1, :node "n3"}
                {:process 1, :type :ok, :f :read, :value 1, :node :n2}
                """)
        #expect(history.operations.map(\.node) == ["n3", "n2"])
    }

    @Test func `the recorder writes the node`() throws {
        let file = try TemporaryFile()
        let recorder = try Recorder(file: file.path) { Timestamp(nanoseconds: 0) }
        recorder.record(.invoke, by: .client(0), "read", .null, node: "n1")
        try recorder.finish()
        #expect(try History(contentsOf: file.path).operations.map(\.node) == ["n1"])
    }

    @Test func `processes may have names`() throws {
        let history = try History(
            text: """
                {"process": "a", "type": "invoke", "f": "write", "value": 1}
                {"process": "b", "type": "invoke", "f": "read", "value": null}
                {"process": "a", "type": "ok", "f": "write", "value": 1}
                {"process": "b", "type": "ok", "f": "read", "value": 1}
                """)
        #expect(history.operations.map(\.process) == [-1, -2])
        #expect(history.operations.map { history.name(ofProcess: $0.process) } == ["a", "b"])
        #expect(history.name(ofProcess: 7) == 7)
        let copy = try History(bytes: history.edn(of: [0, 1]))
        #expect(copy.name(ofProcess: -2) == "b")
    }

    @Test func `a process with a name cannot do two things at once either`() {
        let error = #expect(throws: HistoryError.self) {
            try History(
                text: """
                    {:process :a, :type :invoke, :f :read}
                    {:process :a, :type :invoke, :f :read}
                    """)
        }
        #expect(error?.description.contains("2:1: process :a invokes") == true)
    }

    @Test func `a part of a history keeps its indexes, and reads back after an info too`() throws {
        let history = try History(
            text: """
                {:index 10, :process 0, :type :invoke, :f :write, :value 1}
                {:index 12, :process 0, :type :info, :f :write, :value 1}
                {:index 15, :process 0, :type :invoke, :f :read, :value nil}
                {:index 17, :process 1, :type :invoke, :f :read, :value nil}
                {:index 20, :process 0, :type :ok, :f :read, :value 1}
                """)
        let text = history.edn(of: [0, 1, 2])
        #expect(
            String(decoding: text, as: UTF8.self).split(separator: "\n")
                .map { $0.prefix { $0 != "," } }
                == ["{:index 10", "{:index 12", "{:index 15", "{:index 17", "{:index 20"])
        let copy = try History(bytes: text)
        #expect(copy.operations == history.operations)
        #expect(!copy.operations[2].hasCompletion)
    }
}
