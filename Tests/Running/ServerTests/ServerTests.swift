import Archive
import Foundation
import Logging
import Server
import Testing

@Suite(.serialized) struct `A server of pages` {
    @Test func `shows pages, folders and parts of files`() async throws {
        try await ServedPlace.served { port, _ in
            func ask(_ target: String, _ headers: [String] = []) async throws -> Answer {
                try await ServedPlace.ask(target, port: port, headers: headers)
            }
            #expect(try await ask("/p/1/nodes/n1/notes.txt").text == "0123456789")
            #expect(try await ask("/p/1").status == 301)
            #expect(try await ask("/p/latest/index.html").status == 200)
            #expect(try await ask("/p/1/nodes/").text.contains("href=\"./n1/\""))
            let part = try await ask("/p/1/nodes/n1/notes.txt", ["Range: bytes=1-2"])
            #expect(part.status == 206 && part.text == "12")
            #expect(part.headers.contains("content-range: bytes 1-2/10"))
            #expect(try await ask("/p/1/nodes/n1/notes.txt", ["Range: bytes=99-"]).status == 416)
            #expect(try await ask("/live.html").text.contains("No campaign is under way"))
        }
    }

    @Test func `adds to a run's page what only a server can offer`() async throws {
        try await ServedPlace.served { port, _ in
            for target in ["/p/1/", "/p/1/index.html", "/p/latest/"] {
                let text = try await ServedPlace.ask(target, port: port).text
                #expect(text.hasPrefix("page<footer"), "\(target)")
                #expect(text.contains("href=\"?zip\""))
                #expect(text.contains("<option>history.edn</option>"))
                #expect(text.contains("<option>nodes/n1/stderr.log</option>"))
            }
            let files = try await ServedPlace.ask("/p/1/?files", port: port).text
            #expect(files.contains("href=\"./history.edn\""))
            let part = try await ServedPlace.ask(
                "/p/1/index.html", port: port, headers: ["Range: bytes=0-99"])
            #expect(part.text == "page", "ranges are those of the file")
        }
    }

    @Test func `answers HEAD as GET, without the body`() async throws {
        try await ServedPlace.served { port, _ in
            for target in ["/p/1/", "/p/1/history.edn", "/live.html", "/none", "/p/1/nodes/"] {
                let get = try await ServedPlace.ask(target, port: port)
                let head = try await ServedPlace.ask(target, port: port, method: "HEAD")
                #expect(head.status == get.status, "\(target)")
                #expect(head.body.isEmpty)
                #expect(head.headers.contains("content-length: \(get.body.count)"), "\(target)")
            }
        }
    }

    @Test func `cuts histories and logs to seconds of the load`() async throws {
        try await ServedPlace.served { port, _ in
            func lines(_ target: String) async throws -> [Substring] {
                try await ServedPlace.ask(target, port: port).text.split(separator: "\n")
            }
            #expect(try await lines("/p/1/history.edn?from=1.5&to=2.5").count == 1)
            #expect(try await lines("/p/1/history.edn?from=2").count == 2)
            let log = try await lines("/p/1/nodes/n1/stderr.log?from=0.5&to=4")
            #expect(
                log == [
                    "1970-01-01T00:16:41.000Z one", "  more of one", "1970-01-01T00:16:43.500Z two",
                ])
            for bounds in ["from=nan", "from=inf&to=x", "to=", "from=1e999"] {
                #expect(
                    try await lines("/p/1/history.edn?\(bounds)").count == 3, "no bounds: \(bounds)"
                )
            }
            #expect(try await lines("/p/1/history.edn?from=3&to=1").isEmpty)
            #expect(try await ServedPlace.ask("/p/1/results.json?from=1", port: port).status == 400)
        }
    }

    @Test func `hands a run out as an archive that others can unpack`() async throws {
        try await ServedPlace.served { port, place in
            let answer = try await ServedPlace.ask("/p/1/?zip", port: port)
            #expect(answer.status == 200)
            let file = place.base.appending(path: "run.zip")
            try answer.body.write(to: file)
            let names = try await ServedPlace.python(
                """
                import sys, zipfile
                archive = zipfile.ZipFile(sys.argv[1])
                assert archive.testzip() is None
                for name in sorted(archive.namelist()): print(name, len(archive.read(name)))
                """, [file.path])
            #expect(
                String(decoding: names, as: UTF8.self).split(separator: "\n") == [
                    "p-1/history.edn \(ServedPlace.history.utf8.count)", "p-1/index.html 4",
                    "p-1/nodes/n1/notes.txt 10", "p-1/nodes/n1/stderr.log 102",
                    "p-1/results.json 18",
                ])
            #expect(
                try await ServedPlace.ask("/p/?zip", port: port).status == 404, "that is no run")
        }
    }

    @Test func `shows pages over the index as it is now`() async throws {
        try await ServedPlace.served { port, place in
            #expect(try await ServedPlace.ask("/", port: port).text.contains("<h1>Results</h1>"))
            try place.record(1, .valid)
            #expect(
                try await ServedPlace.ask("/", port: port).text.contains("Nothing found in 1 runs"))
            try place.record(2, .invalid)
            let morning = try await ServedPlace.ask("/index.html", port: port).text
            #expect(morning.contains("1 of 2 runs found something"))
            #expect(morning.contains("href=\"live.html\""))
            #expect(try await ServedPlace.ask("/trends.html", port: port).status == 200)
        }
    }
}

@Suite struct `Where a server cannot listen` {
    private func failure(port: Int, host: String, results: String) async -> ServerError? {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = PageServer(results: results, host: host, port: port, logger: logger)
        return await #expect(throws: ServerError.self) { try await server.run { _ in } }
    }

    @Test func `it says what to do`() async throws {
        try await ServedPlace.served { port, place in
            let results = place.results.path
            let taken = await failure(port: port, host: "127.0.0.1", results: results)
            #expect(taken?.description.contains("port \(port) is taken") == true)
            let foreign = await failure(port: 0, host: "192.0.2.1", results: results)
            #expect(foreign?.description.contains("is no address of this machine") == true)
            let nobody = await failure(port: 0, host: "no.such.host.invalid", results: results)
            #expect(nobody?.description.contains("cannot be resolved") == true)
            let none = await failure(port: 0, host: "127.0.0.1", results: "/none/at/all")
            #expect(none == .noFolder("/none/at/all"))
        }
    }
}
