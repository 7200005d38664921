// ptrace(2) and its kin, which Swift cannot call as they are.
#define _GNU_SOURCE
#include "CClocks.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(long returned) { return returned == -1 ? errno : 0; }

static void *number(long value) { return (void *)value; }

int cclocks_seize(pid_t process) {
    long options = PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
        | PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD;
    return result(ptrace(PTRACE_SEIZE, process, NULL, number(options)));
}

int cclocks_continue(pid_t process, int signal) {
    return result(ptrace(PTRACE_CONT, process, NULL, number(signal)));
}

int cclocks_continue_to_system_call(pid_t process) {
    return result(ptrace(PTRACE_SYSCALL, process, NULL, NULL));
}

int cclocks_stay_stopped(pid_t process) {
    return result(ptrace(PTRACE_LISTEN, process, NULL, NULL));
}

int cclocks_detach(pid_t process) {
    return result(ptrace(PTRACE_DETACH, process, NULL, NULL));
}

const long cclocks_openat = SYS_openat;
const long cclocks_mmap = SYS_mmap;
const long cclocks_close = SYS_close;

#if defined(__x86_64__)

const uint8_t cclocks_system_call[8] = {0x0f, 0x05, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc};

int cclocks_registers(pid_t process, struct cclocks_registers *registers) {
    int error = result(ptrace(PTRACE_GETREGS, process, NULL, &registers->all));
    registers->instruction = registers->all.rip;
    registers->stack = registers->all.rsp;
    // The selector of 64-bit code in user space.
    registers->is_wide = registers->all.cs == 0x33;
    return error;
}

int cclocks_restore(pid_t process, const struct cclocks_registers *registers) {
    struct user_regs_struct all = registers->all;
    // Not inside of a system call any more: nothing is to be restarted.
    all.orig_rax = ~0ull;
    return result(ptrace(PTRACE_SETREGS, process, NULL, &all));
}

int cclocks_enter_call(
    pid_t process, const struct cclocks_registers *registers, long number,
    const long arguments[6]) {
    struct user_regs_struct all = registers->all;
    all.orig_rax = ~0ull;
    all.rax = (unsigned long long)number;
    all.rdi = (unsigned long long)arguments[0];
    all.rsi = (unsigned long long)arguments[1];
    all.rdx = (unsigned long long)arguments[2];
    all.r10 = (unsigned long long)arguments[3];
    all.r8 = (unsigned long long)arguments[4];
    all.r9 = (unsigned long long)arguments[5];
    return result(ptrace(PTRACE_SETREGS, process, NULL, &all));
}

int cclocks_call_result(pid_t process, long *value) {
    struct user_regs_struct all;
    int error = result(ptrace(PTRACE_GETREGS, process, NULL, &all));
    *value = (long)all.rax;
    return error;
}

#else

const uint8_t cclocks_system_call[8] = {0};

int cclocks_registers(pid_t process, struct cclocks_registers *registers) { return ENOSYS; }

int cclocks_restore(pid_t process, const struct cclocks_registers *registers) { return ENOSYS; }

int cclocks_enter_call(
    pid_t process, const struct cclocks_registers *registers, long call,
    const long arguments[6]) {
    return ENOSYS;
}

int cclocks_call_result(pid_t process, long *value) { return ENOSYS; }

#endif

int cclocks_signal_thread(pid_t process, pid_t thread, int signal) {
    return result(syscall(SYS_tgkill, process, thread, signal));
}

int cclocks_child_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return -errno;
    int descriptor = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

extern char **environ;

pid_t cclocks_spawn(const char *path, char *const arguments[], int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    // A thread of a pool has blocked signals, which its child would inherit.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t process = 0;
    int error = posix_spawn(&process, path, &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error == 0 ? process : -error;
}
