/* The texts of vectors/, with one byte for each code point: a string, a repetition, or an array of both. */
#ifndef CORSAC_TESTS_TEXT_H
#define CORSAC_TESTS_TEXT_H

#include <corsac.h>
#include <jansson.h>

/* The bytes, in kept memory. NULL if there are none. */
int read_text(const json_t *value, corsac_bytes *text);

#endif
