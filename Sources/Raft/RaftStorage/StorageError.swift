/// Why a server's folder cannot be used, or not any further.
public enum StorageError: Error, Hashable, CustomStringConvertible {
    /// Something that must be there is damaged: it was safe on disk once.
    case corrupt(file: String, offset: Int, what: String)
    /// The disk is full.
    case full(file: String)
    /// The system refuses.
    case failed(operation: String, file: String, errno: Int32)
    /// The folder is another server's.
    case foreign(file: String, what: String)
    /// Another process uses the folder.
    case inUse(file: String)
    /// An earlier error has ended the use of this folder.
    case ended

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .corrupt(let file, let offset, let what):
            "\(file), offset \(offset): \(what). This was safe on disk before, so the server would "
                + "forget what it has promised; remove it from the cluster and add a new one, "
                + "or restore the folder from before the damage"
        case .full(let file):
            "no space left for \(file); nothing acknowledged is lost: make room and start again"
        case .failed(let operation, let file, let errno):
            "\(operation) \(file): \(StorageError.message(of: errno)); nothing acknowledged is "
                + "lost, but this disk cannot be trusted until that is understood"
        case .foreign(let file, let what): "\(file): \(what); give each server a folder of its own"
        case .inUse(let file): "\(file) is locked: another process uses this folder; end it first"
        case .ended: "the storage has failed before and is not used any more"
        }
    }
}
