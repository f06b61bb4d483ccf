/* The texts of vectors/: one byte per code point; a string, a repeat, or an array of both. */
#ifndef CORSAC_TESTS_TEXT_H
#define CORSAC_TESTS_TEXT_H

#include <corsac.h>
#include <jansson.h>

/* The bytes, kept; no byte is a NULL pointer. */
int read_text(const json_t *value, corsac_bytes *text);

#endif
