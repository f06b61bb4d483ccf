/* Messages of failed checks. A check that fails sets one and returns 0, and its callers return this 0. */
#ifndef CORSAC_TESTS_FAULT_H
#define CORSAC_TESTS_FAULT_H

#include <corsac.h>

/* Sets the message. Returns 0. */
int fault(const char *format, ...);

/* The message of the last failure. */
const char *reason(void);

/* The first bytes, escaped, and their number, in one of four buffers in turn. */
const char *shown(corsac_bytes bytes);

/* Whether both are the same bytes; `what` names them in the message. */
int same_bytes(const char *what, corsac_bytes got, corsac_bytes want);

/* The bytes of a C string, without the NUL. */
corsac_bytes literal(const char *text);

#endif
