/* faults KIND: one mistake that a sanitiser or valgrind must find. Without them, the program succeeds. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <corsac.h>

/* The program reads one byte after its memory. */
static int overflow(void)
{
    volatile char *memory = malloc(8);
    volatile int at = 8;
    int byte = memory[at];
    free((void *)memory);
    return byte == 1000;
}

/* The library reads one byte more than there is. */
static int library_overflow(void)
{
    uint8_t *memory = malloc(8), escaped[64];
    corsac_bytes bytes = { memory, 9 };
    size_t written;
    memset(memory, 'a', 8);
    corsac_escape(bytes, escaped, sizeof escaped, &written);
    free(memory);
    return written == 1000;
}

/* The library reads a request that was never initialised. */
static int uninitialised(void)
{
    corsac_request *request = malloc(sizeof *request);
    corsac_bytes empty = { NULL, 0 };
    int result = corsac_request_add_header(request, empty, empty);
    free(request);
    return result == 1000;
}

static int leak(void)
{
    static char *volatile memory;
    memory = malloc(1000);
    memory = NULL;
    return memory != NULL;
}

static int undefined(void)
{
    volatile int most = INT_MAX;
    most = most + 1;
    return most == 1000;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*make)(void);
    } faults[] = {
        { "overflow", overflow },
        { "library-overflow", library_overflow },
        { "uninitialised", uninitialised },
        { "leak", leak },
        { "undefined", undefined },
    };
    size_t i;
    for (i = 0; count > 1 && i < sizeof faults / sizeof *faults; i++)
        if (strcmp(arguments[1], faults[i].name) == 0)
            return faults[i].make();
    fputs("faults overflow|library-overflow|uninitialised|leak|undefined\n", stderr);
    return 2;
}
