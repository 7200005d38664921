#pragma once

// The system call that Swift's Glibc module hides behind _GNU_SOURCE.

/// Moves the calling thread into the network namespace behind the descriptor.
/// Returns 0, or the errno of the failure.
int clinux_enter_network_namespace(int descriptor);
