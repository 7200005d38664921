internal import CClocks
internal import Glibc

/// The substitute mapped into this very process, beside its own clocks, which stay as they are.
///
/// For tests and for measuring: the same bytes as in a node, found through pages laid out the same
/// way, without tracing.
public final class OwnSubstitute: Sendable {
    private typealias Function = @convention(c) (Int32, UnsafeMutablePointer<timespec>) -> Int32

    private static let page = Int(CCLOCKS_PAGE)

    /// The clocks that it shows.
    public let clock: NodeClock
    private let start: UInt

    /// Maps the substitute.
    ///
    /// - Throws: `ClockError` if the kernel does not map it, or has no vDSO.
    public init(_ clock: NodeClock) throws(ClockError) {
        self.clock = clock
        let kernel = cclocks_vdso()
        let file = open(clock.path, O_RDWR | O_CLOEXEC)
        defer { close(file) }
        let pages = mmap(
            nil, 3 * Self.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard file >= 0, kernel != 0, let pages, pages != MAP_FAILED,
            mmap(
                pages + Self.page, Self.page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file,
                0) != MAP_FAILED,
            mmap(
                pages + 2 * Self.page, Self.page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
                file, Self.page) != MAP_FAILED
        else { throw .systemCall("mmap", code: errno, advice: "does this process have a vDSO?") }
        start = UInt(bitPattern: pages)
        let library: VirtualLibrary
        do throws(VirtualLibrary.Defect) {
            library = try Self.ownLibrary()
        } catch {
            throw .notSubstituted(process: getpid(), why: "\(error)")
        }
        guard let clockGettime = library.offset(of: "clock_gettime"),
            let gettimeofday = library.offset(of: "gettimeofday")
        else { throw .notSubstituted(process: getpid(), why: "its vDSO reads no clock") }
        pages.storeBytes(
            of: cclocks_links(
                clock_gettime: UInt64(kernel) + clockGettime,
                gettimeofday: UInt64(kernel) + gettimeofday),
            as: cclocks_links.self)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(bitPattern: start), 3 * Self.page)
    }

    /// The vDSO of this process.
    static func ownLibrary() throws(VirtualLibrary.Defect) -> VirtualLibrary {
        guard
            let image = UnsafeRawPointer(bitPattern: cclocks_vdso()),
            let size = VirtualLibrary.size(
                header: [UInt8](UnsafeRawBufferPointer(start: image, count: 64)))
        else { throw .malformed("image") }
        return try VirtualLibrary([UInt8](UnsafeRawBufferPointer(start: image, count: size)))
    }

    /// Lends the function by which a program reads a clock, in nanoseconds, by the kernel's number
    /// of the clock.
    public func withReader<Result>(
        _ body: (_ read: (Int32) -> UInt64) throws -> Result
    ) rethrows -> Result {
        let address = start + UInt(Self.page + cclocks_clock_gettime_offset())
        let function = unsafeBitCast(address, to: Function.self)
        return try body { number in
            var time = timespec()
            guard function(number, &time) == 0 else { return 0 }
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
    }
}
