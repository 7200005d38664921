#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <malloc.h>
#include <sched.h>

int clinux_enter_network_namespace(int descriptor) {
    return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno;
}

int clinux_keep_freed_memory(void) {
    int no_mappings = mallopt(M_MMAP_MAX, 0);
    int no_trimming = mallopt(M_TRIM_THRESHOLD, -1);
    return no_mappings == 1 && no_trimming == 1 ? 0 : -1;
}
