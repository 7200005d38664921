import CClocks
import Glibc

/// The time by raw system calls, which no vDSO touches.
enum KernelTime {
    static var wall: Duration { .nanoseconds(Int64(cclocks_kernel_time(CLOCK_REALTIME))) }
    static var monotonic: Duration { .nanoseconds(Int64(cclocks_kernel_time(CLOCK_MONOTONIC))) }
}
