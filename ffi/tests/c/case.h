/* A case of vectors/ in the library's own structures. */
#ifndef CORSAC_TESTS_CASE_H
#define CORSAC_TESTS_CASE_H

#include <corsac.h>
#include <jansson.h>

/* Whether all members of the object are in this list, which ends with NULL. */
int has_only(const json_t *object, const char *const names[]);

/* The options of a policy, with defaults for those that are absent. */
int read_spec(const json_t *value, corsac_spec *spec);

/* `[[name, value], ...]`. */
int read_lines(const json_t *value, corsac_header **lines, size_t *count);

/* A case with a decision. */
int run_decision(const json_t *value);

/* A case with findings. `*skipped` becomes 1 if the case needs the public suffix list and the library has none. */
int run_findings(const json_t *value, int *skipped);

#endif
