// The harness's side of the page of parameters.
#define _GNU_SOURCE
#include "CClocks.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct cclocks_page) <= CCLOCKS_PAGE, "the parameters fill one page");
_Static_assert(sizeof(struct cclocks_track) == 320, "a track is five cache lines");
_Static_assert(
    offsetof(struct cclocks_track, reads) == 256,
    "what a node writes shares no cache line with what all its threads read");

static const uint64_t true_rate = (uint64_t)1 << 32;

void cclocks_reset(struct cclocks_page *page) {
    memset(page, 0, sizeof *page);
    memset(page->track_of, 0xff, sizeof page->track_of);
    for (int track = 0; track < CCLOCKS_TRACKS; track++) {
        // A reader walks back from the latest slot; there must be something behind the first.
        page->tracks[track].latest = CCLOCKS_SLOTS;
        for (int slot = 0; slot < CCLOCKS_SLOTS; slot++)
            page->tracks[track].slots[slot].rate = true_rate;
    }
}

void cclocks_publish(struct cclocks_page *page, int number, struct cclocks_slot slot) {
    struct cclocks_track *track = &page->tracks[number];
    uint64_t latest = __atomic_load_n(&track->latest, __ATOMIC_RELAXED) + 1;
    struct cclocks_slot *place = &track->slots[latest % CCLOCKS_SLOTS];
    __atomic_store_n(&place->start, slot.start, __ATOMIC_RELAXED);
    __atomic_store_n(&place->base, slot.base, __ATOMIC_RELAXED);
    __atomic_store_n(&place->rate, slot.rate, __ATOMIC_RELAXED);
    __atomic_store_n(&track->latest, latest, __ATOMIC_RELEASE);
}

void cclocks_evidence(
    const struct cclocks_page *page, int number, uint64_t *reads, uint64_t *last_true,
    uint64_t *last_reported) {
    const struct cclocks_track *track = &page->tracks[number];
    *reads = __atomic_load_n(&track->reads, __ATOMIC_RELAXED);
    *last_true = __atomic_load_n(&track->last_true, __ATOMIC_RELAXED);
    *last_reported = __atomic_load_n(&track->last_reported, __ATOMIC_RELAXED);
}

int cclocks_make_file(struct cclocks_page **page) {
    int descriptor = memfd_create("whitewater-clock", MFD_CLOEXEC);
    if (descriptor < 0) return -errno;
    if (ftruncate(descriptor, 2 * CCLOCKS_PAGE) == 0
        && pwrite(descriptor, cclocks_code(), cclocks_code_size(), 0)
            == (ssize_t)cclocks_code_size()) {
        void *mapping = mmap(
            NULL, CCLOCKS_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, CCLOCKS_PAGE);
        if (mapping != MAP_FAILED) {
            *page = mapping;
            cclocks_reset(*page);
            return descriptor;
        }
    }
    int error = errno;
    close(descriptor);
    return -error;
}

uint64_t cclocks_kernel_time(int clock) {
    struct timespec time = {0, 0};
    (void)syscall(SYS_clock_gettime, clock, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uintptr_t cclocks_vdso(void) { return getauxval(AT_SYSINFO_EHDR); }
