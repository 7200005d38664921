#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sched.h>

int clinux_enter_network_namespace(int descriptor) {
    return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno;
}
