// The code that answers for the vDSO inside of a node.
//
// It is compiled into a section of its own and copied from there, so it may refer to nothing but
// itself: no other function, no constant in memory, no table of jumps (which a compiler may make
// of a chain of comparisons; hence `track_of`). It finds its parameters by its own place: the page
// behind the code, and the links in the page before it. It allocates nothing, takes no lock and
// makes no system call but what the kernel's own function makes.
#define _GNU_SOURCE
#include "CClocks.h"

#include <sys/time.h>
#include <time.h>

#if defined(__x86_64__)

#define SUBSTITUTE                                                                             \
    __attribute__((                                                                            \
        section("whitewater_clocks"), used, noinline, visibility("hidden"),                    \
        no_stack_protector, no_sanitize("all"), no_profile_instrument_function))

// The linker's names for the ends of the section.
extern const char code_start[] __asm__("__start_whitewater_clocks")
    __attribute__((visibility("hidden")));
extern const char code_end[] __asm__("__stop_whitewater_clocks")
    __attribute__((visibility("hidden")));

#define LINKS ((const volatile struct cclocks_links *)(code_start - CCLOCKS_PAGE))
#define PARAMETERS ((struct cclocks_page *)(uintptr_t)(code_start + CCLOCKS_PAGE))

typedef int (*clock_gettime_function)(clockid_t, struct timespec *);
typedef int (*gettimeofday_function)(struct timeval *, void *);

static const uint64_t second = 1000000000;

SUBSTITUTE int cclocks_substitute_clock_gettime(clockid_t clock, struct timespec *answer) {
    clock_gettime_function kernel = (clock_gettime_function)LINKS->clock_gettime;
    struct cclocks_page *page = PARAMETERS;
    // Clocks of processes and threads have negative numbers.
    if ((uint32_t)clock >= sizeof page->track_of) return kernel(clock, answer);
    uint32_t number = page->track_of[clock];
    if (number >= CCLOCKS_TRACKS) return kernel(clock, answer);
    struct cclocks_track *track = &page->tracks[number];
    for (;;) {
        uint64_t latest = __atomic_load_n(&track->latest, __ATOMIC_ACQUIRE);
        struct timespec time;
        int error = kernel(clock, &time);
        if (error != 0) return error;
        uint64_t now = (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
        // A slot begins a little after it is published, so that no thread sees it begin before
        // another still reads by the slot before; until then, walk back.
        uint64_t index = latest;
        while (now < __atomic_load_n(
                         &track->slots[index % CCLOCKS_SLOTS].start, __ATOMIC_RELAXED)
               && latest - index < CCLOCKS_SLOTS - 2)
            index--;
        struct cclocks_slot *slot = &track->slots[index % CCLOCKS_SLOTS];
        uint64_t start = __atomic_load_n(&slot->start, __ATOMIC_RELAXED);
        uint64_t base = __atomic_load_n(&slot->base, __ATOMIC_RELAXED);
        uint64_t rate = __atomic_load_n(&slot->rate, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        // The writer may have come around to this slot meanwhile.
        if (__atomic_load_n(&track->latest, __ATOMIC_RELAXED) != latest) continue;
        uint64_t since = now > start ? now - start : 0;
        uint64_t reported = base + (uint64_t)(((unsigned __int128)since * rate) >> 32);
        answer->tv_sec = (time_t)(reported / second);
        answer->tv_nsec = (long)(reported % second);
        uint64_t reads = __atomic_load_n(&track->reads, __ATOMIC_RELAXED);
        __atomic_store_n(&track->reads, reads + 1, __ATOMIC_RELAXED);
        __atomic_store_n(&track->last_true, now, __ATOMIC_RELAXED);
        __atomic_store_n(&track->last_reported, reported, __ATOMIC_RELAXED);
        return 0;
    }
}

SUBSTITUTE int cclocks_substitute_gettimeofday(struct timeval *answer, void *zone) {
    if (zone != NULL) {
        gettimeofday_function kernel = (gettimeofday_function)LINKS->gettimeofday;
        int error = kernel(NULL, zone);
        if (error != 0) return error;
    }
    if (answer == NULL) return 0;
    struct timespec time;
    int error = cclocks_substitute_clock_gettime(CLOCK_REALTIME, &time);
    if (error != 0) return error;
    answer->tv_sec = time.tv_sec;
    answer->tv_usec = (suseconds_t)(time.tv_nsec / 1000);
    return 0;
}

SUBSTITUTE time_t cclocks_substitute_time(time_t *answer) {
    struct timespec time;
    // The kernel's time(2) reads the coarse clock too.
    if (cclocks_substitute_clock_gettime(CLOCK_REALTIME_COARSE, &time) != 0) return -1;
    if (answer != NULL) *answer = time.tv_sec;
    return time.tv_sec;
}

const void *cclocks_code(void) { return code_start; }
size_t cclocks_code_size(void) { return (size_t)(code_end - code_start); }

size_t cclocks_clock_gettime_offset(void) {
    return (size_t)((const char *)cclocks_substitute_clock_gettime - code_start);
}
size_t cclocks_gettimeofday_offset(void) {
    return (size_t)((const char *)cclocks_substitute_gettimeofday - code_start);
}
size_t cclocks_time_offset(void) {
    return (size_t)((const char *)cclocks_substitute_time - code_start);
}

#else

const void *cclocks_code(void) { return NULL; }
size_t cclocks_code_size(void) { return 0; }
size_t cclocks_clock_gettime_offset(void) { return 0; }
size_t cclocks_gettimeofday_offset(void) { return 0; }
size_t cclocks_time_offset(void) { return 0; }

#endif
