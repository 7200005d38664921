#pragma once

// What Swift's Glibc module hides.
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>

/// Moves the calling thread into the network namespace behind the descriptor.
/// Returns 0, or the errno of the failure.
int clinux_enter_network_namespace(int descriptor);

/// Waits until the descriptor is readable, or for so many nanoseconds.
void clinux_await_readable(int descriptor, long nanoseconds);

/// Sends a signal to one thread of a process, if it is still there.
void clinux_signal_thread(int process, int thread, int signal);

/// Lets the allocator keep what is freed instead of handing large blocks back to the kernel one
/// by one. Returns 0, or -1 if the C library refuses.
int clinux_keep_freed_memory(void);

/// Continues a CRC-32C (Castagnoli) over so many bytes; begin with 0. Uses the processor's own
/// instruction where there is one.
unsigned int clinux_crc32c(unsigned int crc, const void *bytes, unsigned long count);

/// lseek(2): the next written place at or behind an offset, and the next hole.
static const int clinux_seek_data = 3;
static const int clinux_seek_hole = 4;
