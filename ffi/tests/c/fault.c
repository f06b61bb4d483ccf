/* The message of the last failed check. Bytes are escaped by the library. */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 80 };

static char words[4096];

int fault(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return 0;
}

const char *reason(void)
{
    return words;
}

const char *shown(corsac_bytes bytes)
{
    static char buffers[4][4 * SHOWN + 64];
    static unsigned turn;
    char *buffer = buffers[turn++ % 4];
    corsac_bytes start = bytes;
    size_t written = 0;
    start.len = bytes.len < SHOWN ? bytes.len : SHOWN;
    if (corsac_escape(start, (uint8_t *)buffer, 4 * SHOWN, &written) != CORSAC_OK)
        written = 0;
    snprintf(buffer + written, 64, " (%lu bytes)", (unsigned long)bytes.len);
    return buffer;
}

int same_bytes(const char *what, corsac_bytes got, corsac_bytes want)
{
    if (got.len != want.len || (got.len > 0 && memcmp(got.ptr, want.ptr, got.len) != 0))
        return fault("%s: got %s, want %s", what, shown(got), shown(want));
    return 1;
}

corsac_bytes literal(const char *text)
{
    corsac_bytes bytes;
    bytes.ptr = (const uint8_t *)text;
    bytes.len = strlen(text);
    return bytes;
}
