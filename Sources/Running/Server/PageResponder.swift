internal import Campaigns
internal import Compression
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Answers requests; every way to say no is a status and one line.
struct PageResponder: Sendable {
    private let results: String
    private let folder: ServedFolder
    private let names: Set<String>
    private let site: SiteCache

    init(results: String, folder: ServedFolder, names: [String]) {
        self.results = results
        self.folder = folder
        self.names = Set(names.map { $0.lowercased() } + ["localhost"])
        site = SiteCache(results: results)
    }

    func respond(to request: Request) async -> Response {
        var response = await answer(request)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
            + "connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        response.headers[.cacheControl] = "no-cache"
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request) async -> Response {
        guard request.method == .get || request.method == .head else {
            var response = refusal(.methodNotAllowed, "this server only reads")
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        guard isForUs(request.head.authority) else {
            return refusal(
                .misdirectedRequest,
                "this server has another name; whoever started it can allow this one with --name")
        }
        let whole = request.uri.string
        let raw = whole.prefix { $0 != "?" && $0 != "#" }
        let query = Query(whole.dropFirst(raw.count + 1))
        guard let path = RequestPath(raw) else {
            return refusal(.notFound, "there is no such page")
        }
        if path.components.isEmpty || path.components == ["index.html"],
            let html = await site.page("index.html")
        {
            return page(html)
        }
        if path.components == ["live.html"] {
            return page(LivePage(campaigns: LiveCampaign.latest(in: results)).html)
        }
        if let html = await site.page(path.description) { return page(html) }
        do {
            return try entry(path, query, range: request.headers[.range])
        } catch {
            return switch error {
            case .missing: refusal(.notFound, "there is no such page")
            case .forbidden: refusal(.forbidden, "that is not for reading here")
            case .failed(let code):
                refusal(.internalServerError, String(cString: strerror(code)))
            }
        }
    }

    /// Whether a request names this server, at whatever port; one without a name is from no browser.
    private func isForUs(_ authority: String?) -> Bool {
        guard let authority else { return true }
        guard let host = HostName(authority) else { return false }
        return host.isAddress || names.contains(host.name)
    }

    // MARK: Files and folders

    private func entry(
        _ path: RequestPath, _ query: Query, range: String?
    ) throws(ServedFolder.Refusal) -> Response {
        switch try folder.entry(at: path) {
        case .file(let file):
            guard path.components.last == "index.html", query.seconds == nil, range == nil,
                let parent = path.parent, case .folder(let names) = try folder.entry(at: parent),
                names.contains("results.json")
            else { return try send(file, path, query, range: range) }
            if query.wantsZip { return try RunZip(folder: folder, path: parent).response }
            if query.wantsFiles { return page(ServedPage.listing(of: parent, names).html) }
            return run(file, footer(of: parent, names))
        case .folder(let names):
            guard path.isFolder || path.components.isEmpty else {
                // Links of a page are relative to its folder.
                return Response(
                    status: .movedPermanently,
                    headers: [.location: "./\((path.components.last ?? "").encoded)/"])
            }
            if query.wantsZip {
                guard names.contains("results.json") else {
                    return refusal(.notFound, "that is the folder of no run")
                }
                return try RunZip(folder: folder, path: path).response
            }
            guard !query.wantsFiles, names.contains("index.html"),
                let index = RequestPath(path, "index.html")
            else {
                return page(ServedPage.listing(of: path, names).html)
            }
            return try entry(index, query, range: nil)
        }
    }

    private func send(
        _ file: ServedFile, _ path: RequestPath, _ query: Query, range: String?
    ) throws(ServedFolder.Refusal) -> Response {
        var headers: HTTPFields = [.contentType: Self.mediaType(of: path), .acceptRanges: "bytes"]
        if let seconds = query.seconds {
            guard let form = form(of: path) else {
                return refusal(.badRequest, "no times are known in that file")
            }
            return filtered(file, TimeFilter(form, seconds))
        }
        switch ByteRange(range, size: file.size) {
        case .whole:
            return Response(
                status: .ok, headers: headers, body: Self.body(file.pieces(), file.size))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.size)"
            return Response(
                status: .partialContent, headers: headers,
                body: Self.body(file.pieces(part), part.count))
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(file.size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
    }

    /// A run's page, with what only a server can offer at its end.
    private func run(_ file: ServedFile, _ footer: RunFooter) -> Response {
        let count = file.size + footer.html.count
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(contentLength: count) { writer in
                var (pieces, left) = (file.pieces(), file.size)
                while let bytes = try pieces.next() {
                    left -= bytes.count
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
                guard left == 0 else { throw ServedFolder.Refusal.failed(EIO) }
                try await writer.write(ByteBuffer(bytes: footer.html))
                try await writer.finish(nil)
            })
    }

    private func footer(of run: RequestPath, _ names: [String]) -> RunFooter {
        var logs: [String] = []
        if let nodes = RequestPath(run, "nodes"),
            case .folder(let all)? = try? folder.entry(at: nodes)
        {
            for node in all where node.hasSuffix("/") {
                guard let place = RequestPath(nodes, String(node.dropLast())),
                    case .folder(let files)? = try? folder.entry(at: place)
                else { continue }
                logs += files.filter { $0.hasSuffix(".log") }.map { "nodes/\(node)\($0)" }
            }
        }
        return RunFooter(hasHistory: names.contains("history.edn"), logs: logs)
    }

    private static func body(_ pieces: FilePieces, _ count: Int) -> ResponseBody {
        ResponseBody(contentLength: count) { writer in
            var (pieces, left) = (pieces, count)
            while let bytes = try pieces.next() {
                left -= bytes.count
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            // A file that became shorter meanwhile must not look whole.
            guard left == 0 else { throw ServedFolder.Refusal.failed(EIO) }
            try await writer.finish(nil)
        }
    }

    private func filtered(_ file: ServedFile, _ filter: TimeFilter) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody { writer in
                var (filter, pieces) = (filter, file.pieces())
                while let bytes = try pieces.next() {
                    let kept = filter.add(bytes)
                    if !kept.isEmpty { try await writer.write(ByteBuffer(bytes: kept)) }
                }
                try await writer.write(ByteBuffer(bytes: filter.finish()))
                try await writer.finish(nil)
            })
    }

    /// Where times stand in a file: in a history, or in the log of a run's node.
    private func form(of path: RequestPath) -> TimeFilter.Form? {
        if path.components.last == "history.edn" { return .history }
        guard path.components.last?.hasSuffix(".log") == true,
            let nodes = path.components.lastIndex(of: "nodes")
        else { return nil }
        struct Beginning: Decodable { let loadBegan: Double? }
        let results = path.components[..<nodes] + ["results.json"]
        guard let place = RequestPath("/" + results.map(\.encoded).joined(separator: "/")),
            case .file(let file)? = try? folder.entry(at: place), file.size < 1 << 28,
            let bytes = try? file.read(from: 0, atMost: file.size),
            let began = try? JSONDecoder().decode(Beginning.self, from: Data(bytes)).loadBegan
        else { return nil }
        return .log(began: began)
    }

    // MARK: Answers

    private func page(_ html: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    private func refusal(_ status: HTTPResponse.Status, _ words: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: words + "\n")))
    }

    private static func mediaType(of path: RequestPath) -> String {
        let name = path.components.last ?? ""
        return switch name.lastIndex(of: ".").map({ name[name.index(after: $0)...] }) {
        case "html": "text/html; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json": "application/json"
        case "xml": "application/xml"
        case "edn", "log", "txt", "yaml", "md", "jsonl": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
