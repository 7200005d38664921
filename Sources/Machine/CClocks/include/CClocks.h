#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

/// How many changes of a clock are kept: a reader that read the time before the latest change
/// took effect finds what held then.
#define CCLOCKS_SLOTS 8

/// How many clocks of the kernel are told apart.
#define CCLOCKS_TRACKS 5

/// From `start` on, in nanoseconds of the true clock, the reported clock is `base` plus the time
/// since then times `rate` (in units of 2^-32).
struct cclocks_slot {
    uint64_t start;
    uint64_t base;
    uint64_t rate;
};

/// One clock as a node sees it. The processes of the node write the second cache line only.
struct cclocks_track {
    /// The number of the latest slot, which lies at its remainder by `CCLOCKS_SLOTS`.
    uint64_t latest;
    struct cclocks_slot slots[CCLOCKS_SLOTS];
    uint64_t padding[7];
    /// How often the clock was asked for. Threads that ask at the same instant may count as one:
    /// it is a lower bound.
    uint64_t reads;
    /// What the true clock was when it was last asked for, and what was answered, in nanoseconds.
    uint64_t last_true;
    uint64_t last_reported;
    uint64_t more_padding[5];
};

/// The parameters of a node's clocks: a page that the harness and all processes of the node share.
struct cclocks_page {
    /// Which track answers for the kernel's clock of this number; others are not substituted.
    uint8_t track_of[64];
    struct cclocks_track tracks[CCLOCKS_TRACKS];
};

/// Where the kernel's own functions lie in a process, one page below the substitute's code.
struct cclocks_links {
    uint64_t clock_gettime;
    uint64_t gettimeofday;
};

/// The size of a page on the machines that are supported.
#define CCLOCKS_PAGE 4096

/// The substitute's code, to be copied to the start of a page whose successor is a
/// `cclocks_page` and whose predecessor begins with `cclocks_links`; NULL where the machine's
/// architecture is not supported.
const void *cclocks_code(void);
size_t cclocks_code_size(void);

/// Where the substitute of a function begins within the code.
size_t cclocks_clock_gettime_offset(void);
size_t cclocks_gettimeofday_offset(void);
size_t cclocks_time_offset(void);

/// Makes every slot of the page's tracks the identity.
void cclocks_reset(struct cclocks_page *page);

/// Adds a slot to a track. Only one thread may write to a page at a time.
void cclocks_publish(struct cclocks_page *page, int track, struct cclocks_slot slot);

/// What a track counted so far, as reads, last true and last reported time.
void cclocks_evidence(
    const struct cclocks_page *page, int track, uint64_t *reads, uint64_t *last_true,
    uint64_t *last_reported);

/// A file of two pages in memory, the code and the parameters, and the mapping of the second.
/// Returns the descriptor, or the negative errno of the failure.
int cclocks_make_file(struct cclocks_page **page);

/// ptrace(2), which is variadic in C; returns 0, or the errno of the failure.
int cclocks_seize(pid_t process);
int cclocks_continue(pid_t process, int signal);
int cclocks_continue_to_system_call(pid_t process);
int cclocks_stay_stopped(pid_t process);
int cclocks_detach(pid_t process);

/// A stopped process's registers, and what of them is asked for.
struct cclocks_registers {
    struct user_regs_struct all;
    uint64_t instruction;
    uint64_t stack;
    /// Whether it runs 64-bit code.
    int is_wide;
};

/// Reads the registers; sets them as they were; sets them for a system call at `instruction`,
/// where the bytes of `cclocks_system_call` must lie; reads its result (negative: an errno).
int cclocks_registers(pid_t process, struct cclocks_registers *registers);
int cclocks_restore(pid_t process, const struct cclocks_registers *registers);
int cclocks_enter_call(
    pid_t process, const struct cclocks_registers *registers, long number, const long arguments[6]);
int cclocks_call_result(pid_t process, long *result);

/// A system call and a trap behind it, in the machine's code; filled up to eight bytes.
extern const uint8_t cclocks_system_call[8];
extern const long cclocks_openat;
extern const long cclocks_mmap;
extern const long cclocks_close;

/// Sends a signal to one thread; returns 0, or the errno of the failure.
int cclocks_signal_thread(pid_t process, pid_t thread, int signal);

/// Blocks SIGCHLD and gives a descriptor that is readable when one is pending.
int cclocks_child_signals(void);

/// Starts a program with these descriptors as its input and output and no others but the standard
/// error, and with no signal blocked or ignored. Returns its number, or the negative errno.
pid_t cclocks_spawn(const char *path, char *const arguments[], int input, int output);

/// Where the kernel's vDSO lies in this process; 0 if it has none.
uintptr_t cclocks_vdso(void);

/// The time of a clock by a raw system call, in nanoseconds, which no vDSO can touch.
uint64_t cclocks_kernel_time(int clock);
