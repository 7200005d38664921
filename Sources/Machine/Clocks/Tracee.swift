internal import CClocks
internal import Glibc

/// A process that stands at the end of execve, before the first instruction of its new program.
struct Tracee {
    /// Its number.
    let process: Int32
    private let memory: Int32
    private let registers: cclocks_registers
    /// Signals that came meanwhile and are to be sent again.
    private var held: [Int32] = []

    /// A process that is stopped there.
    init(process: Int32) throws(ClockError) {
        self.process = process
        var registers = cclocks_registers()
        try Self.check("ptrace", cclocks_registers(process, &registers))
        self.registers = registers
        guard registers.is_wide != 0 else {
            throw .notSubstituted(process: process, why: "its program is not a 64-bit one")
        }
        memory = open("/proc/\(process)/mem", O_RDWR | O_CLOEXEC)
        guard memory >= 0 else { throw Self.failure("open of the process's memory", errno) }
    }

    private static func check(_ call: String, _ code: Int32) throws(ClockError) {
        if code != 0 { throw failure(call, code) }
    }

    private static func failure(_ call: String, _ code: Int32) -> ClockError {
        .systemCall(call, code: code, advice: "does a security module forbid tracing?")
    }

    // MARK: Memory

    /// Its stack pointer, which points to the number of arguments.
    var stack: UInt64 { registers.stack }

    func read(_ count: Int, at address: UInt64) throws(ClockError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(memory, &bytes, count, off_t(truncatingIfNeeded: address))
        guard got > 0 else { throw Self.failure("read of the process's memory", errno) }
        return Array(bytes.prefix(got))
    }

    func write(_ bytes: [UInt8], at address: UInt64) throws(ClockError) {
        guard pwrite(memory, bytes, bytes.count, off_t(truncatingIfNeeded: address)) == bytes.count
        else { throw Self.failure("write to the process's memory", errno) }
    }

    /// Where the value of an entry of the auxiliary vector lies, which stands behind the arguments
    /// and the environment on the stack; nil if there is none.
    func auxiliaryValue(_ wanted: UInt64) throws(ClockError) -> UInt64? {
        var words = WordReader(start: stack)
        let arguments = try words.next(in: self)
        words.skip(arguments + 1)
        while try words.next(in: self) != 0 {}
        while true {
            let type = try words.next(in: self)
            if type == 0 { return nil }
            if type == wanted { return words.address }
            words.skip(1)
        }
    }

    /// Reads a process's memory word by word, a page at a time.
    private struct WordReader {
        private(set) var address: UInt64
        private var page: [UInt8] = []
        private var place = 0

        init(start: UInt64) { address = start }

        mutating func skip(_ count: UInt64) {
            address += count * 8
            place += Int(count) * 8
        }

        mutating func next(in tracee: Tracee) throws(ClockError) -> UInt64 {
            if place + 8 > page.count {
                page = try tracee.read(4_096, at: address)
                place = 0
            }
            let place = place
            let word = page.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            }
            skip(1)
            return word
        }
    }

    // MARK: System calls

    /// Lets the process make system calls, and puts everything back as it was.
    mutating func making<Result>(
        calls body: (inout Self) throws(ClockError) -> Result
    ) throws(ClockError) -> Result {
        let code = try read(8, at: registers.instruction)
        let instructions = withUnsafeBytes(of: cclocks_system_call) { [UInt8]($0) }
        try write(instructions, at: registers.instruction)
        let result: Swift.Result<Result, ClockError>
        do throws(ClockError) {
            result = .success(try body(&self))
        } catch {
            result = .failure(error)
        }
        try write(code, at: registers.instruction)
        var registers = registers
        try Self.check("ptrace", cclocks_restore(process, &registers))
        for signal in held { _ = cclocks_signal_thread(process, process, signal) }
        held = []
        return try result.get()
    }

    /// Makes one system call in the process.
    ///
    /// - Throws: `ClockError.systemCall` if it fails there.
    mutating func call(
        _ name: String, _ number: Int, _ arguments: [Int]
    ) throws(ClockError) -> UInt64 {
        var registers = registers
        let six = arguments + [Int](repeating: 0, count: 6 - arguments.count)
        try Self.check("ptrace", cclocks_enter_call(process, &registers, number, six))
        try Self.check("ptrace", cclocks_continue(process, 0))
        try awaitTrap()
        var result = 0
        try Self.check("ptrace", cclocks_call_result(process, &result))
        // Between -4095 and -1 a result is an error number (syscall(2)).
        guard !(-4_095..<0).contains(result) else {
            throw .systemCall(
                "\(name) in process \(process)", code: Int32(-result),
                advice: "may the node read /proc of the harness? A node of another user may not")
        }
        return UInt64(bitPattern: Int64(result))
    }

    /// Waits until the process runs into the trap behind its system call.
    private mutating func awaitTrap() throws(ClockError) {
        while true {
            var status: Int32 = 0
            let waited = waitpid(process, &status, Int32(bitPattern: UInt32(0x4000_0000)))
            if waited < 0, errno == EINTR { continue }
            guard waited == process else { throw Self.failure("waitpid", errno) }
            switch WaitStatus(status) {
            case .signal(SIGTRAP): return
            case .ended: throw .notSubstituted(process: process, why: "it ended meanwhile")
            case .signal(let signal): held.append(signal)
            case .executed, .systemCall, .multiplied, .groupStopped, .trapped: break
            }
            try Self.check("ptrace", cclocks_continue(process, 0))
        }
    }

    /// Closes what was opened for it.
    func close() { _ = Glibc.close(memory) }
}
