internal import Foundation

/// A number in a file that is mapped into memory, so that another process sees each change at
/// once, and the last one even when this process is killed.
///
/// Tests of the recorder compare it with the history: it is a count of completions that does not
/// pass through the recorder.
public final class SharedCount: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer

    /// Maps eight bytes of a file, which is made if it is not there.
    ///
    /// - Throws: `POSIXError` if it cannot be written or mapped.
    public init(file: String) throws {
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.error }
        defer { close(descriptor) }
        guard ftruncate(descriptor, 8) == 0,
            let memory = mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            memory != MAP_FAILED
        else { throw Self.error }
        self.memory = memory
    }

    deinit { munmap(memory, 8) }

    /// The number; one thread writes at a time.
    public var value: Int {
        get { memory.load(as: Int.self) }
        set { memory.storeBytes(of: newValue, as: Int.self) }
    }

    private static var error: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
