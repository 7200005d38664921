import Foundation
import Testing

/// `whitewater check` from outside: what it prints, writes and exits with.
@Suite struct `The check of histories on the command line` {
    private let machine = Machine()
    private let folder: String

    private static let good = """
        {:index 0, :process 0, :type :invoke, :f :write, :value 1}
        {:index 1, :process 0, :type :ok, :f :write, :value 1}

        """
    private static let bad =
        good + """
            {:index 7, :process 0, :type :invoke, :f :read, :value nil}
            {:index 9, :process 0, :type :ok, :f :read, :value 5}

            """

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.appending(
                path: "whitewater-check-\(UUID().uuidString)"
            ).path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = URL(filePath: folder).appending(path: name)
        try FileManager.default.createDirectory(
            at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: path)
        return path.path
    }

    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private func shell(_ script: String) throws -> (status: Int32, output: String) {
        try machine.run(["-c", script, Machine.program, folder], program: "/bin/sh")
    }

    @Test func `a link to a folder is that folder`() throws {
        defer { remove() }
        _ = try write(Self.bad, "real/h.edn")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link", withDestinationPath: "real")
        let (status, output) = try machine.run(["check", folder + "/link"])
        #expect(status == 1, "\(output)")
        #expect(output.contains("link/h.edn\tviolation"))
    }

    @Test func `of a run's folder the history alone is checked`() throws {
        defer { remove() }
        _ = try write(Self.good, "run/history.edn")
        _ = try write("{}", "run/results.json")
        let (status, output) = try machine.run(["check", folder])
        #expect(status == 0, "\(output)")
        #expect(output.contains("run/history.edn\tlinearizable"))
    }

    @Test func `a folder without histories is nothing to judge`() throws {
        defer { remove() }
        _ = try write("x", "other/notes.md")
        for place in [folder, folder + "/other"] {
            let (status, output) = try machine.run(["check", place])
            #expect(status == 64, "\(output)")
            #expect(output.contains("nothing to judge is never linearizable"))
        }
    }

    @Test func `a history in which no client did anything is nothing to judge`() throws {
        defer { remove() }
        let file = try write("{:process :nemesis, :type :info, :f :kill, :value nil}", "h.edn")
        let (status, output) = try machine.run(["check", file])
        #expect(status == 64, "\(output)")
        #expect(output.contains("h.edn\tunreadable"))
        #expect(output.contains("nothing to judge is never linearizable"))
    }

    @Test func `a verdict that cannot be printed is a failure`() throws {
        defer { remove() }
        let file = try write(Self.good, "h.edn")
        let (status, output) = try shell("\"$0\" check '\(file)' > /dev/full")
        #expect(status == 70)
        #expect(output.contains("the verdict cannot be printed: No space left"))
        #expect(try shell("\"$0\" check '\(file)' >&-").status == 70)
    }

    @Test func `a violation stands though its contradiction cannot be written`() throws {
        defer { remove() }
        let file = try write(Self.bad, "h.edn")
        let (status, output) = try machine.run(
            ["check", file, "--contradictions", file + "/none"])
        #expect(status == 1, "\(output)")
        #expect(output.contains("the verdict stands"))
    }

    @Test func `a key with slashes names a contradiction's file`() throws {
        defer { remove() }
        let keyed = Self.bad.replacing("nil", with: "[\"a/b\" nil]")
            .replacing(":value 1", with: ":value [\"a/b\" 1]")
            .replacing(":value 5", with: ":value [\"a/b\" 5]")
        let file = try write(keyed, "h.edn")
        let out = folder + "/out"
        let (status, output) = try machine.run(["check", file, "--contradictions", out])
        #expect(status == 1, "\(output)")
        let names = try FileManager.default.contentsOfDirectory(atPath: out)
        #expect(names == ["h-key-%22a%2fb%22.edn"])
        #expect(try machine.run(["check", out]).status == 1)
    }

    @Test func `contradictions keep their indexes, say their rules, and never replace another's`()
        throws
    {
        defer { remove() }
        let files = [try write(Self.bad, "a/h.edn"), try write(Self.bad, "b/h.edn")]
        let out = folder + "/out"
        for _ in 1...2 {
            let (status, output) = try machine.run(["check"] + files + ["--contradictions", out])
            #expect(status == 1, "\(output)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        #expect(names == ["h-2.edn", "h.edn"])
        let text = try String(contentsOfFile: out + "/h-2.edn", encoding: .utf8)
        #expect(text.contains("b/h.edn"))
        #expect(text.contains("--model cas-register --keys single --initial 'nil'"))
        #expect(text.contains("{:index 9, "))
        #expect(try machine.run(["check", out]).status == 1)
    }

    private static let stale = """
        {:process alice, :type :invoke, :f :write, :value 1, :time 1700000000000000000}
        {:process alice, :type :ok, :f :write, :value 1, :time 1700000000001000000}
        {:process alice, :type :invoke, :f :write, :value 2, :time 1700000000001500000}
        {:process alice, :type :ok, :f :write, :value 2, :time 1700000000001900000}
        {:process bob, :type :invoke, :f :read, :value nil, :time 1700000002000000000, :node "n2"}
        {:process bob, :type :ok, :f :read, :value 1, :time 1700000002003000000, :node "n2"}

        """

    @Test func `a history from anywhere has a page that stands alone`() throws {
        defer { remove() }
        let file = try write(Self.stale, "it's one.edn")
        let page = folder + "/page.html"
        let (status, output) = try machine.run(["check", file, "--page", page])
        #expect(status == 1, "\(output)")
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("Invalid: a stale read"))
        #expect(
            html.contains(
                "n2 answered a read with value 1 at 2.0030 s, though a write of value 2 by "
                    + "client alice had been acknowledged at 0.0019 s, 2.00 s before the read began"
            ))
        #expect(html.contains("class=\"bar culprit\""))
        #expect(html.contains("{:index 5, "), "the contradiction itself, as EDN")
        #expect(html.contains("it&#39;\\&#39;&#39;s one.edn"), "a command that a shell can read")
        for word in ["No faults", "No crash", "tear-down", "href=\"contradictions", "seed 0"] {
            #expect(!html.contains(word), "\(word)")
        }
    }

    @Test func `a page tells an order, a limit, and a history without times`() throws {
        defer { remove() }
        let page = folder + "/page.html"
        let good = try write(Self.good, "good.edn")
        #expect(try machine.run(["check", good, "--page", page]).status == 0)
        var html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("Valid: linearizable"))
        #expect(html.contains("One legal order explains every operation"))
        #expect(html.contains("This history has no times"))
        #expect(!html.contains("svg class=\"timeline\""))
        let hard = try write(
            """
            {:process 0 :type :invoke :f :write :value 1}
            {:process 1 :type :invoke :f :write :value 1}
            {:process 0 :type :ok :f :write :value 1}
            {:process 1 :type :ok :f :write :value 1}
            """, "hard.edn")
        let limit = ["check", hard, "--page", page, "--budget-configurations", "1"]
        #expect(try machine.run(limit).status == 2)
        html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("Undecided: the checker met a limit"))
        #expect(html.contains("raise --budget-configurations"))
    }

    @Test func `a page that cannot be written fails what is linearizable, never hides a violation`()
        throws
    {
        defer { remove() }
        let nowhere = folder + "/none/page.html"
        let good = try write(Self.good, "good.edn")
        let refused = try machine.run(["check", good, "--page", nowhere])
        #expect(refused.status == 70)
        #expect(refused.output.contains("the page cannot be written to \(nowhere)"))
        let bad = try write(Self.bad, "bad.edn")
        #expect(try machine.run(["check", bad, "--page", nowhere]).status == 1)
        #expect(try machine.run(["check", good, bad, "--page", nowhere]).status == 64)
    }

    @Test func `a process that goes on after an info has a contradiction that can be read`() throws
    {
        defer { remove() }
        let file = try write(
            """
            {:process 0, :type :invoke, :f :write, :value 1}
            {:process 0, :type :info, :f :write, :value 1}
            {:process 0, :type :invoke, :f :read, :value nil}
            {:process 0, :type :ok, :f :read, :value 1}
            {:process 0, :type :invoke, :f :read, :value nil}
            {:process 0, :type :ok, :f :read, :value nil}
            """, "h.edn")
        let out = folder + "/out"
        let (status, output) = try machine.run(["check", file, "--contradictions", out])
        #expect(status == 1, "\(output)")
        let again = try machine.run(["check", out])
        #expect(again.output.contains("h.edn\tviolation"), "\(again.output)")
    }

    @Test func `a history may come compressed, or by the standard input`() throws {
        defer { remove() }
        let file = try write(Self.bad, "h.edn")
        #expect(try shell("cat '\(file)' | \"$0\" check -").status == 1)
        #expect(try shell("gzip '\(file)' && \"$0\" check '\(file).gz'").status == 1)
        #expect(try shell("\"$0\" check - < '\(file).gz'").status == 1)
        #expect(try machine.run(["check", folder]).status == 1)
        let torn = try shell("head -c 50 '\(file).gz' | \"$0\" check -")
        #expect(torn.status == 64)
        #expect(torn.output.contains("breaks off inside its gzip"), "\(torn.output)")
    }

    @Test func `a pipe with a name is refused instead of waited for`() throws {
        defer { remove() }
        let (status, output) = try shell("mkfifo \"$1/p.edn\" && \"$0\" check \"$1/p.edn\"")
        #expect(status == 64, "\(output)")
        #expect(output.contains("whitewater check - <"))
    }

    @Test func `a history that breaks off is read without its last line where that is asked for`()
        throws
    {
        defer { remove() }
        let file = try write(String(Self.bad.dropLast(30)), "h.edn")
        let whole = try machine.run(["check", file])
        #expect(whole.status == 64)
        #expect(whole.output.contains("--tail torn"), "\(whole.output)")
        let torn = try machine.run(["check", file, "--tail", "torn"])
        #expect(torn.status == 0, "\(torn.output)")
        #expect(torn.output.contains("its last line has no end"))
    }

    @Test func `the initial value is honoured or refused in words`() throws {
        defer { remove() }
        let file = try write(Self.bad.replacing("5", with: "1"), "h.edn")
        let read = try write(
            """
            {:process 0, :type :invoke, :f :read, :value nil}
            {:process 0, :type :ok, :f :read, :value {:a "x"}}
            """, "r.edn")
        #expect(try machine.run(["check", read, "--initial", "{:a \"x\"}"]).status == 0)
        #expect(try machine.run(["check", read]).status == 1)
        for (initial, word) in [("{:a", "write it as EDN"), ("1 2", "is not one value")] {
            let (status, output) = try machine.run(["check", file, "--initial", initial])
            #expect(status == 64)
            #expect(output.contains(word), "\(output)")
        }
        let mutex = try machine.run(["check", file, "--model", "mutex", "--initial", "5"])
        #expect(mutex.status == 64)
        #expect(mutex.output.contains("always begins in the same way"), "\(mutex.output)")
    }

    @Test func `a witness is an order of the operations`() throws {
        defer { remove() }
        let file = try write(Self.bad.replacing("5", with: "1"), "h.edn")
        let witness = folder + "/order"
        let (status, output) = try machine.run(["check", file, "--witness", witness])
        #expect(status == 0, "\(output)")
        let lines = try String(contentsOfFile: witness, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix(";") }
        #expect(lines.map { $0.prefix(9) } == ["{:index 0", "{:index 7"])
        let two = try machine.run(["check", file, file, "--witness", witness])
        #expect(two.status == 64)
    }

    @Test func `many files are printed in their order, whichever is done first`() throws {
        defer { remove() }
        for number in 100..<400 {
            _ = try write(number % 7 == 0 ? Self.bad : Self.good, "h\(number).edn")
        }
        let (status, output) = try machine.run(["check", folder])
        #expect(status == 1)
        let names = output.split(separator: "\n").filter { $0.contains("\t") }
            .compactMap { $0.split(separator: "\t").first }
        #expect(names.count == 300)
        #expect(names == names.sorted())
    }
}
