#pragma once

// What Swift's Glibc module hides.

/// Moves the calling thread into the network namespace behind the descriptor.
/// Returns 0, or the errno of the failure.
int clinux_enter_network_namespace(int descriptor);

/// Lets the allocator keep what is freed instead of handing large blocks back to the kernel one
/// by one. Returns 0, or -1 if the C library refuses.
int clinux_keep_freed_memory(void);
