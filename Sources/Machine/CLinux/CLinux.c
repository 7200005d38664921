#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

int clinux_enter_network_namespace(int descriptor) {
    return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : errno;
}

int clinux_make_pipe(int descriptors[2]) {
    return pipe2(descriptors, O_CLOEXEC) == 0 ? 0 : errno;
}

void clinux_await_readable(int descriptor, long nanoseconds) {
    struct pollfd polled = {.fd = descriptor, .events = POLLIN};
    struct timespec time = {
        .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    (void)ppoll(&polled, 1, &time, NULL);
}

int clinux_allocate(int descriptor, int mode, long offset, long length) {
    return fallocate(descriptor, mode, offset, length) == 0 ? 0 : errno;
}

void clinux_signal_thread(int process, int thread, int signal) {
    (void)syscall(SYS_tgkill, process, thread, signal);
}

int clinux_keep_freed_memory(void) {
    int no_mappings = mallopt(M_MMAP_MAX, 0);
    int no_trimming = mallopt(M_TRIM_THRESHOLD, -1);
    return no_mappings == 1 && no_trimming == 1 ? 0 : -1;
}

static unsigned int crc32c_table[8][256];

// Tables for eight bytes at a time, made once, before main.
__attribute__((constructor)) static void make_crc32c_table(void) {
    for (unsigned int byte = 0; byte < 256; byte++) {
        unsigned int crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) ? 0x82F63B78u : 0);
        crc32c_table[0][byte] = crc;
    }
    for (int place = 1; place < 8; place++)
        for (int byte = 0; byte < 256; byte++) {
            unsigned int crc = crc32c_table[place - 1][byte];
            crc32c_table[place][byte] = (crc >> 8) ^ crc32c_table[0][crc & 255];
        }
}

static unsigned int crc32c_by_table(
    unsigned int crc, const unsigned char *bytes, unsigned long count) {
    while (count >= 8) {
        unsigned int low, high;
        memcpy(&low, bytes, 4);
        memcpy(&high, bytes + 4, 4);
        low ^= crc;
        crc = crc32c_table[7][low & 255] ^ crc32c_table[6][(low >> 8) & 255]
            ^ crc32c_table[5][(low >> 16) & 255] ^ crc32c_table[4][low >> 24]
            ^ crc32c_table[3][high & 255] ^ crc32c_table[2][(high >> 8) & 255]
            ^ crc32c_table[1][(high >> 16) & 255] ^ crc32c_table[0][high >> 24];
        bytes += 8;
        count -= 8;
    }
    while (count-- > 0) crc = (crc >> 8) ^ crc32c_table[0][(crc ^ *bytes++) & 255];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static unsigned int crc32c_by_instruction(
    unsigned int crc, const unsigned char *bytes, unsigned long count) {
    unsigned long long wide = crc;
    while (count >= 8) {
        unsigned long long word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes += 8;
        count -= 8;
    }
    crc = (unsigned int)wide;
    while (count-- > 0) crc = __builtin_ia32_crc32qi(crc, *bytes++);
    return crc;
}
#endif

#if defined(__aarch64__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

__attribute__((target("+crc"))) static unsigned int crc32c_by_instruction(
    unsigned int crc, const unsigned char *bytes, unsigned long count) {
    while (count >= 8) {
        unsigned long long word;
        memcpy(&word, bytes, 8);
        crc = __crc32cd(crc, word);
        bytes += 8;
        count -= 8;
    }
    while (count-- > 0) crc = __crc32cb(crc, *bytes++);
    return crc;
}
#endif

unsigned int clinux_crc32c(unsigned int crc, const void *bytes, unsigned long count) {
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc32c_by_instruction(crc, bytes, count);
#endif
#if defined(__aarch64__)
    if (getauxval(AT_HWCAP) & HWCAP_CRC32) return ~crc32c_by_instruction(crc, bytes, count);
#endif
    return ~crc32c_by_table(crc, bytes, count);
}

int clinux_punch_hole(int descriptor, long long offset, long long length) {
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    return fallocate(descriptor, mode, offset, length) == 0 ? 0 : errno;
}

const void *clinux_find(const void *bytes, unsigned long count, const void *sought,
                        unsigned long sought_count) {
    return memmem(bytes, count, sought, sought_count);
}

int clinux_shut_down(int folder) {
    __u32 without_journal = 2;
    return ioctl(folder, _IOR('X', 125, __u32), &without_journal) == 0 ? 0 : errno;
}

int clinux_sync_file_system(int folder) { return syncfs(folder) == 0 ? 0 : errno; }

int clinux_copy_mapped(void *to, const void *from, long count) {
    struct iovec target = {.iov_base = to, .iov_len = (size_t)count};
    struct iovec source = {.iov_base = (void *)from, .iov_len = (size_t)count};
    long copied = process_vm_readv(getpid(), &target, 1, &source, 1, 0);
    return copied == count ? 0 : EFAULT;
}

int clinux_open_beneath(int folder, const char *path, int flags) {
    struct open_how how = {
        .flags = (unsigned)flags, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);
    return descriptor < 0 ? -errno : (int)descriptor;
}
