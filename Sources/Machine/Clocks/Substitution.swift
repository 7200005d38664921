internal import CClocks
internal import Glibc

/// Gives the program that a stopped process is about to run a substitute for the vDSO.
///
/// What is mapped into the process, in this order: an image of the kernel's vDSO with redirected
/// symbols, a page with the addresses of the kernel's functions, the substitute's code, and the
/// page of parameters, which alone is shared. The auxiliary vector then names our image instead
/// of the kernel's, which stays where it is.
struct Substitution {
    /// AT_SYSINFO_EHDR of getauxval(3).
    static let vdsoEntry: UInt64 = 33

    private static let page = Int(CCLOCKS_PAGE)

    /// The file of code and parameters (``NodeClock/path``).
    let file: String

    /// Maps the substitute.
    ///
    /// - Throws: `ClockError`; the program then runs with true clocks.
    func apply(to tracee: inout Tracee) throws(ClockError) {
        let process = tracee.process
        guard let place = try tracee.auxiliaryValue(Self.vdsoEntry) else {
            throw .notSubstituted(process: process, why: "the kernel gave it no vDSO")
        }
        let kernel = try tracee.read(8, at: place).withUnsafeBytes {
            $0.loadUnaligned(as: UInt64.self)
        }
        var library = try image(at: kernel, in: tracee)
        guard let clockGettime = library.offset(of: "clock_gettime"),
            let gettimeofday = library.offset(of: "gettimeofday")
        else { throw .notSubstituted(process: process, why: "its vDSO reads no clock") }
        let pages = (library.bytes.count + Self.page - 1) / Self.page
        let file = file
        let start = try tracee.making { tracee throws(ClockError) in
            try Self.map(file, behind: pages + 1, in: &tracee)
        }
        let links = start + UInt64(pages * Self.page)
        let code = links + UInt64(Self.page)
        library.redirect(
            own: start, kernel: kernel,
            substitutes: [
                "clock_gettime": code + UInt64(cclocks_clock_gettime_offset()),
                "gettimeofday": code + UInt64(cclocks_gettimeofday_offset()),
                "time": code + UInt64(cclocks_time_offset()),
            ])
        try tracee.write(library.bytes, at: start)
        let addresses = cclocks_links(
            clock_gettime: kernel + clockGettime, gettimeofday: kernel + gettimeofday)
        try tracee.write(withUnsafeBytes(of: addresses) { [UInt8]($0) }, at: links)
        try tracee.write(withUnsafeBytes(of: start) { [UInt8]($0) }, at: place)
    }

    /// The kernel's image in a process.
    private func image(
        at address: UInt64, in tracee: Tracee
    ) throws(ClockError) -> VirtualLibrary {
        guard let size = VirtualLibrary.size(header: try tracee.read(64, at: address)) else {
            throw .notSubstituted(process: tracee.process, why: "its vDSO has no end")
        }
        do throws(VirtualLibrary.Defect) {
            return try VirtualLibrary(try Self.bytes(size, at: address, in: tracee))
        } catch {
            throw .notSubstituted(process: tracee.process, why: "\(error)")
        }
    }

    private static func bytes(
        _ size: Int, at address: UInt64, in tracee: Tracee
    ) throws(VirtualLibrary.Defect) -> [UInt8] {
        guard let bytes = try? tracee.read(size, at: address) else { throw .malformed("image") }
        return bytes
    }

    /// Maps so many private pages with the file's code and parameters behind them.
    ///
    /// - Returns: the address of the first.
    private static func map(
        _ file: String, behind pages: Int, in tracee: inout Tracee
    ) throws(ClockError) -> UInt64 {
        // Below the stack there is nothing yet, but for the 128 bytes that a function may use.
        let name = (tracee.stack - 4_096) & ~7
        try tracee.write(Array(file.utf8) + [0], at: name)
        let descriptor = try tracee.call(
            "openat", cclocks_openat, [Int(AT_FDCWD), Int(name), Int(O_RDWR | O_CLOEXEC)])
        let start = try tracee.call(
            "mmap", cclocks_mmap,
            [
                0, (pages + 2) * page, Int(PROT_READ | PROT_EXEC),
                Int(MAP_PRIVATE | MAP_ANONYMOUS), -1, 0,
            ])
        let code = Int(start) + pages * page
        _ = try tracee.call(
            "mmap", cclocks_mmap,
            [
                code, page, Int(PROT_READ | PROT_EXEC), Int(MAP_PRIVATE | MAP_FIXED),
                Int(descriptor), 0,
            ])
        _ = try tracee.call(
            "mmap", cclocks_mmap,
            [
                code + page, page, Int(PROT_READ | PROT_WRITE), Int(MAP_SHARED | MAP_FIXED),
                Int(descriptor), page,
            ])
        _ = try tracee.call("close", cclocks_close, [Int(descriptor)])
        return start
    }
}
