internal import CLinux

/// What the C library does with memory that is freed.
public enum FreedMemory {
    /// Keeps freed memory in the process from now on; for a program whose only work is checking.
    ///
    /// glibc maps every block over 32 MiB afresh, and the kernel clears its pages each time: an
    /// array that grows to ten million elements pays for that again and again, which made
    /// deciding such histories up to twice as slow.
    ///
    /// - Returns: whether the C library agreed; nothing depends on it but speed.
    @discardableResult public static func keep() -> Bool { clinux_keep_freed_memory() == 0 }
}
