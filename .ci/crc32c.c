// Compares the checksum of frames and files with one that is computed bit by bit; ends with 1 where they
// differ.
#include "CLinux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

// CRC-32C bit by bit (RFC 3720, B.4): the polynomial and nothing else.
static unsigned int reference(unsigned int crc, const unsigned char *bytes, unsigned long count) {
    crc = ~crc;
    while (count-- > 0) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) ? 0x82F63B78u : 0);
    }
    return ~crc;
}

int main(void) {
#if defined(__aarch64__)
    printf("the processor has the instruction: %s\n",
           getauxval(AT_HWCAP) & HWCAP_CRC32 ? "yes" : "no");
#endif
    if (clinux_crc32c(0, "123456789", 9) != 0xE3069283u) return puts("123456789 is wrong"), 1;
    static unsigned char bytes[4096 + 16];
    srand(1);
    for (unsigned long i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)rand();
    long compared = 0;
    for (unsigned long start = 0; start < 16; start++)
        for (unsigned long count = 0; count < 4096; count += count < 64 ? 1 : 61) {
            unsigned int seed = (unsigned int)rand();
            if (clinux_crc32c(seed, bytes + start, count) != reference(seed, bytes + start, count))
                return printf("%lu bytes from %lu are wrong\n", count, start), 1;
            compared++;
        }
    printf("%ld pieces have the same sum\n", compared);
}
