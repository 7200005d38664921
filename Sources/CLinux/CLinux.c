#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <time.h>

int clinux_enter_network_namespace(int descriptor) {
    return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno;
}

void clinux_await_readable(int descriptor, long nanoseconds) {
    struct pollfd polled = {.fd = descriptor, .events = POLLIN};
    struct timespec time = {
        .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    (void)ppoll(&polled, 1, &time, NULL);
}

int clinux_keep_freed_memory(void) {
    int no_mappings = mallopt(M_MMAP_MAX, 0);
    int no_trimming = mallopt(M_TRIM_THRESHOLD, -1);
    return no_mappings == 1 && no_trimming == 1 ? 0 : -1;
}
