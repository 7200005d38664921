import Checkers
import Histories
import Reports
import Results
import SampleRuns
import Testing
import Topologies

/// What a page does when somebody points, clicks and presses keys, in headless Chromium.
@Suite(.serialized) struct `Gestures on a page` {
    private let browser = Browser()

    /// What a script that plays a person writes about the page.
    private func outcome(
        of script: String, on html: String, named name: String, width: Int = 1_400
    ) throws -> String {
        let end = try #require(html.ranges(of: "</body>").last).lowerBound
        let played = """
            <pre id="seen"></pre><script>
            const say = text => { document.getElementById("seen").textContent += text + "\\n"; };
            \(script)</script>
            """
        let file = try browser.write(html[..<end] + played + html[end...], named: name)
        let document = try browser.document(of: file, width: width)
        let seen = try #require(
            document.firstMatch(of: #/<pre id="seen">([^<]*)</#), "\(document.prefix(200))")
        return String(seen.output.1)
    }

    @Test func `the states possible after an operation are told under the pointer and by keys`()
        throws
    {
        let told = try outcome(
            of: """
                const bars = [...document.querySelectorAll(".bar")];
                const words = () => say(document.querySelector(".after").textContent);
                bars[0].dispatchEvent(new PointerEvent("pointerenter")); words();
                bars[1].dispatchEvent(new MouseEvent("click", {bubbles: true})); words();
                bars[0].focus();
                document.activeElement.dispatchEvent(
                  new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})); words();
                say(document.querySelectorAll(".before.here").length > 0 ? "order" : "no order");
                document.activeElement.dispatchEvent(
                  new KeyboardEvent("keydown", {key: "ArrowLeft", bubbles: true})); words();
                """, on: Page(try Pages.run(Pages.stale)).html, named: "gestures")
        #expect(
            told.split(separator: "\n") == [
                "write of value 1: right after it the object held 1",
                "write of value 2, acknowledged at 0.0019 s: right after it the object held 2",
                "write of value 2, acknowledged at 0.0019 s: right after it the object held 2",
                "order", "write of value 1: right after it the object held 1",
            ])
    }

    @Test func `on a narrow screen the read and the write that it missed are both in sight`() throws
    {
        for run in try Self.contradictions() {
            let seen = try outcome(
                of: """
                    const drawing = document.querySelector("svg.space-time");
                    say(getComputedStyle(drawing).display);
                    for (const role of ["missed", "culprit"]) {
                      const part = document.querySelector(".narrow li." + role), box = part.getBoundingClientRect();
                      const bar = part.querySelector(".bar rect").getBoundingClientRect();
                      say(role + (box.right <= innerWidth && bar.left >= box.left && bar.right <= box.right && bar.width > 3 ? " in sight" : " out"));
                    }
                    const tops = ["missed", "culprit"].map(role => document.querySelector(".narrow li." + role).getBoundingClientRect());
                    say(tops[1].bottom - tops[0].top < 400);
                    """, on: Page(run).html, named: "narrow", width: 500)
            #expect(
                seen.split(separator: "\n") == [
                    "none", "missed in sight", "culprit in sight", "true",
                ], "\(seen)")
        }
    }

    @Test func `an operation is in the address, and an address shows its operation`() throws {
        let seen = try outcome(
            of: """
                const bars = [...document.querySelectorAll(".space-time .bar")];
                bars[1].dispatchEvent(new MouseEvent("click", {bubbles: true}));
                say(location.hash);
                addEventListener("hashchange", () => {
                  say(document.querySelector(".bar.told").dataset.operation);
                }, {once: true});
                location.hash = "#op=0";
                """, on: Page(try Pages.run(Pages.stale)).html, named: "gestures-operation")
        #expect(seen.split(separator: "\n") == ["#op=1", "0"])
    }

    @Test func `a row of everything on a key is in the address, and an address shows its row`()
        throws
    {
        let text =
            Pages.stale + """

                {:process 2 :type :invoke :f :read :value nil :time 4000000}
                {:process 2 :type :ok :f :read :value 2 :time 5000000}
                """
        let seen = try outcome(
            of: """
                const told = () => [...document.querySelectorAll("tr.told")].map(row => row.id)
                  + ", bars " + [...document.querySelectorAll(".bar.told")].map(bar => bar.dataset.operation);
                const fold = document.getElementById("op3").closest("details");
                document.querySelector("#op1 a").dispatchEvent(
                  new MouseEvent("click", {bubbles: true, cancelable: true}));
                say(location.hash + " " + told());
                addEventListener("hashchange", () => {
                  say(told() + (fold.open ? ", open" : ", folded"));
                  addEventListener("hashchange", () => say(told()), {once: true});
                  location.hash = "#op=2";
                }, {once: true});
                location.hash = "#op3";
                """, on: Page(try Pages.run(text)).html, named: "gestures-row")
        #expect(
            seen.split(separator: "\n") == [
                "#op=1 op1, bars 1", "op3, bars , open", "op2, bars 2",
            ])
    }

    @Test func `tables and the drawn violation follow the time and the node that are looked at`()
        throws
    {
        let seen = try outcome(
            of: """
                const shownKey = () => document.querySelector("article.violation:not(.away) h3").textContent;
                const rows = () => [...document.querySelectorAll("table.follows tbody tr")]
                  .filter(row => getComputedStyle(row).display !== "none").length;
                say(shownKey() + ", " + rows() + " rows");
                const late = Number(articles[1].dataset.to);
                show(late - 0.5, late + 0.5); say(shownKey() + ", " + rows() + " rows");
                document.querySelector("a.pick").dispatchEvent(
                  new MouseEvent("click", {bubbles: true, cancelable: true}));
                say(location.hash.includes("node=n1"));
                document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
                say(location.hash.includes("node=") || document.querySelector("a.pick.here") !== null);
                """, on: Page(try Self.twoKeys()).html, named: "gestures-follow")
        #expect(
            seen.split(separator: "\n") == [
                "Key 0: stale read, 2 rows", "Key 1: stale read, 1 rows", "true", "false",
            ])
    }

    /// A run in which a key breaks early, and another one ten seconds later and less far behind.
    private static func twoKeys() throws -> StoredRun {
        func key(_ key: Int, from start: Int, read: Int) -> String {
            [
                ("invoke", 0, "write", "1", start), ("ok", 0, "write", "1", start + 1_000_000),
                ("invoke", 0, "write", "2", start + 1_500_000),
                ("ok", 0, "write", "2", start + 1_900_000),
                ("invoke", 1, "read", "nil", start + read),
                ("ok", 1, "read", "1", start + read + 1_000_000),
            ].map { kind, process, function, value, time in
                "{:process \(process) :type :\(kind) :f :\(function) "
                    + ":value [\(key) \(value)] :time \(time)}"
            }.joined(separator: "\n")
        }
        let history = try History(
            text: key(0, from: 0, read: 900_000_000) + "\n"
                + key(1, from: 10_000_000_000, read: 2_000_000)
        ).keyed(.independent)
        return try run(of: history)
    }

    /// A run on one node of a history that is not linearizable.
    private static func run(of history: History) throws -> StoredRun {
        var results = RunResults(plan: "p", seed: 1, rerun: "r", started: "s")
        results.nodes = [NodeName(number: 1)]
        results.workers = 1
        results.add(try Checker().check(history))
        results.verdict = .invalid
        return StoredRun(results: results, history: history)
    }

    @Test func `a mark of a violation that has no drawing opens its time, and no other violation`()
        throws
    {
        let seen = try outcome(
            of: """
                const marks = [...document.querySelectorAll("a.mark")];
                say(marks.length + " marks, " + articles.length + " drawn");
                const which = () => document.getElementById("which").textContent;
                marks[1].dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
                say(which() + (from === 0 && to === end ? ", whole" : ""));
                addEventListener("hashchange", () => {
                  say(from < 29.001 && 29.001 < to && to - from < 2 ? "near" : from + " to " + to);
                  addEventListener("hashchange", () => say(which()), {once: true});
                  location.hash = "#v30";
                }, {once: true});
                location.hash = marks[29].getAttribute("href");
                """, on: Page(try Self.manyKeys()).html, named: "gestures-many")
        #expect(
            seen.split(separator: "\n") == [
                "36 marks, 24 drawn", "violation 2 of 36, whole", "near", "violation 1 of 36",
            ])
    }

    /// A run in which each of 36 keys breaks, one a second.
    private static func manyKeys() throws -> StoredRun {
        let events = (0..<36).flatMap { (key: Int) -> [String] in
            [("invoke", "nil", 0), ("ok", "7", 1_000_000)].map { kind, value, later in
                "{:process 0 :type :\(kind) :f :read :value [\(key) \(value)] "
                    + ":time \(key * 1_000_000_000 + later)}"
            }
        }
        return try run(of: History(text: events.joined(separator: "\n")).keyed(.independent))
    }

    @Test func `the end of a pinch leaves what it shows, and a tap looks at a fault`() throws {
        let seen = try outcome(
            of: """
                const fault = document.querySelector(".fault[data-from]");
                const finger = (kind, id, at) => fault.dispatchEvent(new PointerEvent(kind, {
                  pointerId: id, pointerType: "touch", clientX: at, clientY: 20, bubbles: true}));
                finger("pointerdown", 1, 400); finger("pointerdown", 2, 500);
                finger("pointermove", 2, 800);
                const pinched = location.hash;
                say(pinched.startsWith("#t=") ? "closer" : "as before");
                finger("pointerup", 2, 800); finger("pointerup", 1, 400);
                say(location.hash === pinched ? "stays" : "jumps to " + location.hash);
                finger("pointerdown", 3, 400); finger("pointerup", 3, 400);
                const a = Number(fault.dataset.from), b = Number(fault.dataset.to);
                say(from < a && b < to && to - from < 4 * (b - a) && location.hash !== pinched
                  ? "the fault" : location.hash);
                """, on: Page(StoredRun.sample(operations: 5_000)).html, named: "gestures-pinch")
        #expect(seen.split(separator: "\n") == ["closer", "stays", "the fault"])
    }

    @Test func `one finger scrolls a timeline that is wider than a phone, and a mouse still zooms`()
        throws
    {
        let seen = try outcome(
            of: """
                say(getComputedStyle(svg).touchAction);
                const field = document.getElementById("field"), box = svg.getBoundingClientRect();
                say(field.scrollWidth > field.clientWidth ? "scrolls" : "fits");
                const fault = document.querySelector(".fault[data-from]");
                const drag = (type, a, b) => {
                  const point = (kind, at) => fault.dispatchEvent(new PointerEvent(kind, {
                    pointerId: 1, pointerType: type, clientX: box.left + at, clientY: 20, bubbles: true}));
                  point("pointerdown", a); point("pointermove", b); point("pointerup", b);
                };
                drag("touch", 300, 200);
                say(from === 0 && to === end ? "whole" : location.hash);
                drag("mouse", 300, 200);
                say(from > 0 && to < end ? "closer" : "whole");
                """, on: Page(StoredRun.sample(operations: 5_000)).html,
            named: "gestures-scroll", width: 500)
        #expect(
            seen.split(separator: "\n") == ["pan-x pan-y", "scrolls", "whole", "closer"])
    }

    @Test(arguments: ["#t=90-95", "#t=5-2", "#t=3-3", "#t=1.2.3-4"])
    func `a range of which the run has nothing shows the whole run`(range: String) throws {
        let seen = try outcome(
            of: """
                show(2, 4);
                addEventListener("hashchange", () => {
                  say(from === 0 && to === end ? "whole" : from + " to " + to);
                  say([...svg.querySelectorAll(".ticks text")].length > 4 ? "axis" : "no axis");
                }, {once: true});
                location.hash = "\(range)";
                """, on: Page(StoredRun.sample(operations: 5_000)).html, named: "gestures-range")
        #expect(seen.split(separator: "\n") == ["whole", "axis"])
    }

    @Test func `logs follow the times that the timeline shows, and the node of the address`() throws
    {
        var run = StoredRun.sample(operations: 2_000)
        run.results.loadBegan = 0
        func log(_ name: String) -> String {
            (0..<12).map { second in
                let digits = second < 10 ? "0\(second)" : "\(second)"
                return "1970-01-01T00:00:\(digits).500Z \(name) line \(second) <b>"
            }.joined(separator: "\n")
        }
        run.logs = ["n1": log("first"), "n2": log("second")]
            .mapValues { [NodeLog(file: "stderr.log", text: $0)] }
        let seen = try outcome(
            of: """
                const panel = document.getElementById("lines");
                say(panel.hidden ? "hidden" : "shown");
                location.hash = "#t=2-4.2";
                addEventListener("hashchange", () => {
                  say(panel.textContent.trim().replaceAll("\\n", " | "));
                  const away = [...document.querySelectorAll("#logs details")]
                    .filter(part => getComputedStyle(part).display === "none");
                  say(away.every(part => Number(part.dataset.from) > 4.2 || Number(part.dataset.to) < 2));
                  node = "n2"; show(2, 4.2, true);
                  say(panel.textContent.trim().replaceAll("\\n", " | "));
                  document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
                  say(panel.hidden ? "hidden" : "shown");
                }, {once: true});
                """, on: Page(run).html, named: "gestures-logs")
        let lines = seen.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .split(separator: "\n").map(String.init)
        try #require(lines.count == 5, "\(seen)")
        #expect(lines[0] == "hidden")
        for words in ["2.500 n1", "2.500 n2", "3.500 n2", "first line 3 <b>"] {
            #expect(lines[1].contains(words), "\(lines[1])")
        }
        #expect(!lines[1].contains("line 4") && !lines[1].contains("line 1 "))
        #expect(lines[2] == "true")
        #expect(!lines[3].contains("first") && lines[3].contains("second line 3"))
        #expect(lines[4] == "hidden")
    }

    /// A write that was acknowledged so late that a read missed it, after reads of it, with values
    /// of some length; and the same where nobody knows how the write ended.
    private static func contradictions() throws -> [StoredRun] {
        let long = "\"a value of some length\""
        return try [Pages.stale, Pages.stale.replacing(":value 2", with: ":value \(long)")]
            .flatMap { text in
                // The whole of it, with much time before its end, and with much behind its start.
                [0, 9_000_000].map { shift in
                    text.replacing(":time 2000000", with: ":time \(2_000_000 + shift)")
                        .replacing(":time 3000000", with: ":time \(3_000_000 + 100 * shift)")
                }
            }.map { try Pages.run($0) }
    }

    @Test func `no label of a contradiction runs past its drawing, its bar or into another`() throws
    {
        for (number, run) in try Self.contradictions().enumerated() {
            let seen = try outcome(
                of: """
                    const drawing = document.querySelector("svg.space-time");
                    const all = drawing.viewBox.baseVal, texts = [...drawing.querySelectorAll(".bar text, .later")];
                    say(texts.length);
                    for (const text of texts) {
                      const box = text.getBBox(), bar = text.parentNode.querySelector("rect")?.getBBox();
                      if (box.x < 0 || box.x + box.width > all.width) say("out: " + text.textContent);
                      if (text.classList.contains("inside") && box.x + box.width > bar.x + bar.width)
                        say("past its bar: " + text.textContent);
                      for (const other of texts) {
                        const near = other.getBBox();
                        if (other !== text && near.y < box.y + box.height - 3 && box.y < near.y + near.height - 3 && near.x < box.x + box.width
                          && box.x < near.x + near.width) say("over: " + other.textContent);
                      }
                    }
                    """, on: Page(run).html, named: "labels-\(number)")
            #expect(seen.split(separator: "\n") == ["4"], "\(seen)")
        }
    }

    @Test func `outcomes and families of faults differ in patterns, not in colours alone`() throws {
        let names = [
            "ok", "refused", "error", "unknown", "fault partition", "fault traffic", "fault kill",
            "fault pause", "fault",
        ]
        let seen = try outcome(
            of: """
                for (const name of "\(names.joined(separator: ";"))".split(";")) {
                  const rect = make("rect", {class: name});
                  svg.append(rect);
                  const found = getComputedStyle(rect).fill.match(/#([a-z]+)"?\\)/);
                  say(found && svg.querySelector("defs pattern#" + found[1]) ? found[1] : "plain");
                }
                """, on: Page(StoredRun.sample(operations: 500)).html, named: "patterns")
        #expect(
            seen.split(separator: "\n") == [
                "plain", "refused", "error", "plain", "partition", "traffic", "kill", "pause",
                "plain",
            ])
    }

    @Test func `a refused operation has a shape of its own, which the legend shows as well`() throws
    {
        let html = Page(
            try Pages.run(
                """
                {:process 0 :type :invoke :f :cas :value [1 2] :time 0}
                {:process 0 :type :fail :f :cas :value [1 2] :error :mismatch :time 1000000}
                """)
        ).html
        #expect(html.matches(of: /class="dots refused" d="M[\d.]+ [\d.]+v6/).count == 2)
        #expect(!html.contains("rect class=\"ok\""), "the legend has what the drawing has")
    }
}
