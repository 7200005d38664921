internal import Compression
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A run's folder as a ZIP archive, made while it is sent.
struct RunZip {
    private static let deepest = 8

    private let name: String
    private let folder: ServedFolder
    private let files: [(name: String, path: RequestPath)]

    /// - Throws: `Refusal` if a folder in it cannot be read, or it is too large for the format.
    init(folder: ServedFolder, path: RequestPath) throws(ServedFolder.Refusal) {
        self.folder = folder
        name = path.components.suffix(2).joined(separator: "-")
        var files: [(name: String, path: RequestPath)] = []
        var open: [(RequestPath, String)] = [(path, name + "/")]
        while let (place, prefix) = open.popLast() {
            guard case .folder(let names) = try folder.entry(at: place) else { continue }
            for entry in names {
                let isFolder = entry.hasSuffix("/")
                let bare = isFolder ? String(entry.dropLast()) : entry
                guard let next = RequestPath(place, bare) else { continue }
                if isFolder, next.components.count - path.components.count < Self.deepest {
                    open.append((next, prefix + entry))
                } else if !isFolder {
                    files.append((prefix + bare, next))
                }
            }
        }
        guard files.count < ZipWriter.most.files else { throw .forbidden }
        self.files = files.sorted { $0.name < $1.name }
    }

    var response: Response {
        let (files, folder) = (files, folder)
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/zip",
                .contentDisposition: "attachment; filename=\"\(name.encoded).zip\"",
            ],
            body: ResponseBody { writer in
                var zip = ZipWriter()
                var size = 0
                for (name, path) in files {
                    // Pipes, devices and links that lead out are left out.
                    guard case .file(let file)? = try? folder.entry(at: path) else { continue }
                    size += file.size
                    guard size < ZipWriter.most.bytes else { throw ServedFolder.Refusal.forbidden }
                    try await writer.write(ByteBuffer(bytes: zip.begin(name)))
                    var pieces = file.pieces()
                    while let bytes = try pieces.next() {
                        let packed = zip.add(bytes)
                        if !packed.isEmpty { try await writer.write(ByteBuffer(bytes: packed)) }
                    }
                    try await writer.write(ByteBuffer(bytes: zip.end()))
                }
                try await writer.write(ByteBuffer(bytes: zip.finish()))
                try await writer.finish(nil)
            })
    }
}
