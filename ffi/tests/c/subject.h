/* The policy or policy set of a case, compiled, or opened from its image. */
#ifndef CORSAC_TESTS_SUBJECT_H
#define CORSAC_TESTS_SUBJECT_H

#include <corsac.h>
#include <jansson.h>

struct subject {
    int is_set;
    corsac_spec *specs; /* the policy; of a set, one for each table */
    corsac_policy_table *tables;
    size_t count; /* of tables; of a policy 1 */
    corsac_policy policy;
    corsac_policy_set set; /* a policy is a set of one */
};

/* Reads the `spec` of a case. */
int read_subject(const json_t *value, struct subject *subject);

/* Compiles it into kept memory of exactly its size. */
corsac_result compile_subject(struct subject *subject, corsac_on_finding on_finding, void *data);

/* Opens the image of `compiled` in other memory, at an odd address. */
corsac_result open_subject(struct subject *subject, const struct subject *compiled);

#endif
