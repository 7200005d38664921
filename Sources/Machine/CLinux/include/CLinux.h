#pragma once

// What Swift's Glibc module hides.
#include <linux/fuse.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>

/// Moves the calling thread into the network namespace behind the descriptor.
/// Returns 0, or the errno of the failure.
int clinux_enter_network_namespace(int descriptor);

/// pipe2(2) with O_CLOEXEC: no other process that is started meanwhile inherits an end.
/// Returns 0, or the errno of the failure.
int clinux_make_pipe(int descriptors[2]);

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

/// Makes a hole of so many bytes of a file, whose size stays; they read as zeros.
/// Returns 0, or the errno of the failure: not all file systems have holes.
int clinux_punch_hole(int descriptor, long long offset, long long length);

/// memmem(3): the first place of some bytes among others, or NULL.
const void *clinux_find(const void *bytes, unsigned long count, const void *sought,
                        unsigned long sought_count);

/// lseek(2): the next written place at or behind an offset, and the next hole.
static const int clinux_seek_data = 3;
static const int clinux_seek_hole = 4;

/// fallocate(2) and its modes. Returns 0, or the errno of the failure.
int clinux_allocate(int descriptor, int mode, long offset, long length);
static const int clinux_allocate_keep_size = 1;
static const int clinux_allocate_punch_hole = 2;
static const int clinux_allocate_zero_range = 16;

/// The flag of fchownat(2) that lets it work on the descriptor itself.
static const int clinux_empty_path = 0x1000;

/// Shuts the ext4 down in which a folder is, without writing its journal (EXT4_IOC_SHUTDOWN).
/// Returns 0, or the errno of the failure.
int clinux_shut_down(int folder);

/// syncfs(2): makes durable all of the file system in which a folder is.
/// Returns 0, or the errno of the failure.
int clinux_sync_file_system(int folder);

/// Copies so many bytes of this process's own memory, some of which may not be readable, such as a
/// mapped page that its device does not give. Returns 0, or EFAULT.
int clinux_copy_mapped(void *to, const void *from, long count);

/// openat2(2): opens a path that leads nowhere but beneath a folder, links included (Linux 5.6).
/// Returns the descriptor, or the errno of the failure below zero.
int clinux_open_beneath(int folder, const char *path, int flags);
