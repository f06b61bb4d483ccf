/* The memory of a case: each piece is its own allocation. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

static void **kept;
static size_t count, room;

static void *or_end(void *memory)
{
    if (memory == NULL) {
        fputs("no memory is left\n", stderr);
        exit(2);
    }
    return memory;
}

void *keep(size_t len)
{
    if (count == room) {
        room = room == 0 ? 64 : 2 * room;
        kept = or_end(realloc(kept, room * sizeof *kept));
    }
    kept[count] = or_end(malloc(len == 0 ? 1 : len));
    return kept[count++];
}

void let_go(void)
{
    while (count > 0)
        free(kept[--count]);
    free(kept);
    kept = NULL;
    room = 0;
}
