import Generators

import struct SystemPackage.Errno

@testable import Disks

/// One step of a program that uses a disk.
enum Act {
    case make(FileName, in: Inode)
    case makeFolder(FileName, in: Inode)
    case link(Inode, FileName, in: Inode)
    case remove(FileName, in: Inode)
    case rename(Place, to: Place)
    case write(Inode, at: Int, [UInt8])
    case resize(Inode, to: Int)
    case sync(Inode)
}

/// What a careful reader would see of a tree: folders, and files with their bytes.
typealias Sight = [String: [UInt8]?]

/// A disk that is thought of and nothing more: a reference for what is durable.
///
/// It keeps whole copies where the volume keeps what undoes a change: nothing is shared with it.
struct ImaginedDisk {
    var tree = Tree()
    var bytes: [Inode: [UInt8]] = [:]
    var durableTree = Tree()
    var durableBytes: [Inode: [UInt8]] = [:]
    let rule: NameRule

    init(rule: NameRule) { self.rule = rule }

    mutating func sync(_ inode: Inode) {
        if tree.isFolder(inode) {
            if rule == .journal { durableTree = tree } else { syncEntries(of: inode) }
        } else {
            durableBytes[inode] = bytes[inode]
            if rule == .journal { durableTree = tree }
        }
    }

    private mutating func syncEntries(of folder: Inode) {
        if !durableTree.isFolder(folder) { durableTree.addFolder(folder) }
        for (name, _) in durableTree.entries(of: folder) { durableTree[Place(folder, name)] = nil }
        for (name, inode) in tree.entries(of: folder) {
            if tree.isFolder(inode), !durableTree.isFolder(inode) { durableTree.addFolder(inode) }
            durableTree[Place(folder, name)] = inode
        }
    }

    var live: Sight { Self.sight(tree) { bytes[$0] ?? [] } }
    var durable: Sight { Self.sight(durableTree.reachable) { durableBytes[$0] ?? [] } }

    private static func sight(_ tree: Tree, bytes: (Inode) -> [UInt8]) -> Sight {
        var sight: Sight = [:]
        func walk(_ folder: Inode, _ path: String) {
            for (name, inode) in tree.entries(of: folder) {
                if tree.isFolder(inode) {
                    sight[path + "\(name)/"] = .some(nil)
                    walk(inode, path + "\(name)/")
                } else {
                    sight[path + "\(name)"] = bytes(inode)
                }
            }
        }
        walk(.root, "")
        return sight
    }
}

/// A program drawn by dice, run on a real volume and on an imagined disk at once.
struct RandomProgram: ~Copyable {
    var volume: Volume
    var imagined: ImaginedDisk
    private var random: SplitMix64
    private var files: [Inode] = []
    private var folders: [Inode] = [.root]
    /// Every content that a file has had.
    private(set) var contents: Set<[UInt8]> = [[]]
    private let names = (0..<6).map { FileName("f\($0)") }

    init(in folder: borrowing TemporaryFolder, rule: NameRule, seed: UInt64) throws {
        volume = try Volume.open(
            folder: folder.path("data"), limbo: folder.path("limbo"), log: UndoLog(rule: rule))
        imagined = ImaginedDisk(rule: rule)
        random = SplitMix64(seed: seed)
    }

    /// Takes a step that is possible; says whether it was one.
    mutating func step() throws {
        do {
            try perform(draw())
            contents.formUnion(imagined.bytes.values)
        } catch let error as Errno {
            // What the file system refuses changes nothing on either.
            guard Self.refusals.contains(error) else { throw error }
        }
    }

    private static let refusals: [Errno] = [
        .fileExists, .noSuchFileOrDirectory, .isDirectory, .notDirectory, .directoryNotEmpty,
        .invalidArgument, .notPermitted,
    ]

    private mutating func draw() -> Act {
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        let other = names[Int.random(in: 0..<names.count, using: &random)]
        let folder = folders[Int.random(in: 0..<folders.count, using: &random)]
        let folder2 = folders[Int.random(in: 0..<folders.count, using: &random)]
        let file = files.randomElement(using: &random)
        switch (Int.random(in: 0..<20, using: &random), file) {
        case (0..<2, _), (_, nil): return .make(name, in: folder)
        case (2, _): return .makeFolder(name, in: folder)
        case (3, let file?): return .link(file, name, in: folder)
        case (4..<6, _): return .remove(name, in: folder)
        case (6..<9, _): return .rename(Place(folder, name), to: Place(folder2, other))
        case (9..<11, let file?):
            return .resize(file, to: Int.random(in: 0...9_000, using: &random))
        case (11, _): return .sync(folder)
        case (12..<14, let file?): return .sync(file)
        case (_, let file?):
            let count = Int.random(in: 1...3_000, using: &random)
            let byte = UInt8.random(in: 1...255, using: &random)
            return .write(
                file, at: Int.random(in: 0...9_000, using: &random),
                Array(repeating: byte, count: count))
        }
    }

    private mutating func perform(_ act: Act) throws {
        switch act {
        case .make(let name, let folder):
            let inode = try volume.make(.file, at: Place(folder, name), mode: 0o600, now: .zero)
            imagined.tree[Place(folder, name)] = inode
            imagined.bytes[inode] = []
            files.append(inode)
        case .makeFolder(let name, let folder):
            let inode = try volume.make(.folder, at: Place(folder, name), mode: 0o700, now: .zero)
            imagined.tree.addFolder(inode)
            imagined.tree[Place(folder, name)] = inode
            folders.append(inode)
        case .link(let file, let name, let folder):
            try volume.link(file, at: Place(folder, name), now: .zero)
            imagined.tree[Place(folder, name)] = file
        case .remove(let name, let folder):
            let place = Place(folder, name)
            let inode = try volume.inode(at: place)
            try volume.remove(place, isFolder: volume.tree.isFolder(inode), now: .zero)
            imagined.tree[place] = nil
            folders.removeAll { $0 == inode }
        case .rename(let from, let to):
            let (inode, replaced) = (try volume.inode(at: from), volume.tree[to])
            try volume.rename(from, to: to, keepingTarget: false, now: .zero)
            guard replaced != inode else { return }
            imagined.tree[from] = nil
            imagined.tree[to] = inode
            folders.removeAll { $0 == replaced }
        case .write(let file, let offset, let bytes): try write(file, offset, bytes)
        case .resize(let file, let size):
            try volume.resize(file, to: size, now: .zero)
            var content = imagined.bytes[file] ?? []
            if size < content.count { content.removeLast(content.count - size) }
            imagined.bytes[file] = content + Array(repeating: 0, count: size - content.count)
        case .sync(let inode):
            volume.finish(try volume.beginSync(inode, dataOnly: false), failed: false)
            imagined.sync(inode)
        }
    }

    private mutating func write(_ file: Inode, _ offset: Int, _ bytes: [UInt8]) throws {
        let count = try bytes.withUnsafeBytes {
            try volume.write(file, at: offset, $0, now: .zero)
        }
        var content = imagined.bytes[file] ?? []
        content += Array(repeating: 0, count: max(0, offset + count - content.count))
        content.replaceSubrange(offset..<offset + count, with: bytes.prefix(count))
        imagined.bytes[file] = content
    }
}
