/* What is wrong, in words: a check that fails sets them and gives 0, and its callers hand the 0 on. */
#ifndef CORSAC_TESTS_FAULT_H
#define CORSAC_TESTS_FAULT_H

#include <corsac.h>

/* Sets the words. Always 0. */
int fault(const char *format, ...);

/* The words of the last fault. */
const char *reason(void);

/* The first bytes, escaped, and how many there are; one of four buffers in turn. */
const char *shown(corsac_bytes bytes);

/* Whether both are the same bytes; `what` names them in the fault. */
int same_bytes(const char *what, corsac_bytes got, corsac_bytes want);

/* The bytes of a C string, without its end. */
corsac_bytes literal(const char *text);

#endif
