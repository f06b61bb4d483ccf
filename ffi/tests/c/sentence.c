/* Runs tables of sentences and counts the failures. */
#include "sentence.h"

#include <stdio.h>

#include "memory.h"

static const char *current;
static int is_good;

void expect(int holds, const char *condition, const char *file, int line)
{
    if (!holds) {
        printf("%s:%d: %s: %s does not hold\n", file, line, current, condition);
        is_good = 0;
    }
}

void run_sentences(const struct sentence *table, unsigned long *count, unsigned long *failed)
{
    for (; table->says != NULL; table++) {
        current = table->says;
        is_good = 1;
        table->check();
        let_go();
        ++*count;
        *failed += !is_good;
    }
}

int is_filled(const void *memory, size_t len)
{
    const unsigned char *bytes = memory;
    while (len > 0 && *bytes == 0x5A) {
        bytes++;
        len--;
    }
    return len == 0;
}

void *misaligned(void)
{
    enum { ROOM = 16384 };
    char *room = keep(ROOM);
    memset(room, 0x5A, ROOM);
    return room + 1;
}
