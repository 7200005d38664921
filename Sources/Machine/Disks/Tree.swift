/// A file, a folder or a symbolic link, whatever its names.
public struct Inode: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Its number, as the kernel knows it.
    public let number: UInt64

    /// The inode of this number.
    public init(_ number: UInt64) { self.number = number }

    /// The folder that is mounted.
    public static let root = Inode(1)

    /// Its number.
    public var description: String { "\(number)" }

    /// By number.
    public static func < (left: Inode, right: Inode) -> Bool { left.number < right.number }
}

/// A name in a folder: bytes, for Linux knows no encoding and no two spellings of one name.
public struct FileName: Hashable, Sendable, CustomStringConvertible {
    /// The bytes, without an end mark.
    public let bytes: [UInt8]

    /// A name of these bytes.
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// A name of this text in UTF-8.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The name as text; bytes that are no UTF-8 are replaced.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// A name's place: the folder that it stands in.
public struct Place: Hashable, Sendable {
    /// The folder.
    public var folder: Inode
    /// The name in it.
    public var name: FileName

    /// A name in a folder.
    public init(_ folder: Inode, _ name: FileName) {
        self.folder = folder
        self.name = name
    }
}

/// Which names stand in which folders, as a value.
///
/// A folder that has no name any more keeps its entries, so that an undone removal brings them
/// back with it.
public struct Tree: Hashable, Sendable {
    private var folders: [Inode: [FileName: Inode]] = [.root: [:]]
    private var names: [Inode: Set<Place>] = [:]

    /// An empty root.
    public init() {}

    /// Makes an inode a folder.
    public mutating func addFolder(_ inode: Inode) { folders[inode] = [:] }

    /// Forgets an inode that has no name.
    public mutating func forget(_ inode: Inode) {
        for (name, _) in folders[inode] ?? [:] { self[Place(inode, name)] = nil }
        folders[inode] = nil
        names[inode] = nil
    }

    /// What stands at a place.
    public subscript(place: Place) -> Inode? {
        get { folders[place.folder]?[place.name] }
        set {
            if let old = folders[place.folder]?[place.name] { names[old]?.remove(place) }
            folders[place.folder]?[place.name] = newValue
            if let newValue { names[newValue, default: []].insert(place) }
        }
    }

    /// Whether an inode is a folder.
    public func isFolder(_ inode: Inode) -> Bool { folders[inode] != nil }

    /// The entries of a folder; none if it is no folder.
    public func entries(of folder: Inode) -> [FileName: Inode] { folders[folder] ?? [:] }

    /// Every folder with its entries, those without names too.
    public var allFolders: [Inode: [FileName: Inode]] { folders }

    /// The names of an inode.
    public func places(of inode: Inode) -> Set<Place> { names[inode] ?? [] }

    /// The way to an inode: names from a base downward.
    ///
    /// The base is the root, or an inode without
    /// a name. Of several names the first in order of bytes counts.
    ///
    /// - Complexity: O(depth)
    public func path(of inode: Inode) -> (base: Inode, names: [FileName]) {
        var (base, way) = (inode, [FileName]())
        while base != .root, let place = firstPlace(of: base) {
            way.append(place.name)
            base = place.folder
        }
        return (base, way.reversed())
    }

    /// Whether one inode lies in another, or is it.
    public func contains(_ inner: Inode, within outer: Inode) -> Bool {
        var inode = inner
        while inode != outer {
            guard let place = firstPlace(of: inode) else { return false }
            inode = place.folder
        }
        return true
    }

    private func firstPlace(of inode: Inode) -> Place? {
        guard let places = names[inode] else { return nil }
        guard places.count > 1 else { return places.first }
        return places.min { left, right in
            left.folder != right.folder
                ? left.folder < right.folder
                : left.name.bytes.lexicographicallyPrecedes(right.name.bytes)
        }
    }

    /// The part that can be reached from the root, each folder once.
    ///
    /// What a check of the file system after a loss would leave.
    public var reachable: Tree {
        var tree = Tree()
        var queue = [Inode.root]
        var seen: Set<Inode> = [.root]
        while let folder = queue.popLast() {
            let entries = (folders[folder] ?? [:]).sorted {
                $0.key.bytes.lexicographicallyPrecedes($1.key.bytes)
            }
            for (name, inode) in entries {
                if isFolder(inode) {
                    guard seen.insert(inode).inserted else { continue }
                    tree.addFolder(inode)
                    queue.append(inode)
                }
                tree[Place(folder, name)] = inode
            }
        }
        return tree
    }
}
