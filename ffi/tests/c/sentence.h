/* Tests whose names are sentences. A refused call must not change its outputs. */
#ifndef CORSAC_TESTS_SENTENCE_H
#define CORSAC_TESTS_SENTENCE_H

#include <stddef.h>
#include <string.h>

#include <corsac.h>

struct sentence {
    const char *says;
    void (*check)(void);
};

/* An entry of a table, and its end. */
#define SENTENCE(name) { #name, name }
#define END_OF_SENTENCES { NULL, NULL }

/* One table per subject. */
extern const struct sentence policy_sentences[], request_sentences[], text_sentences[], explain_sentences[];
extern const struct sentence promise_sentences[], set_sentences[], parse_sentences[];

#define EXPECT(condition) expect((condition) != 0, #condition, __FILE__, __LINE__)
void expect(int holds, const char *condition, const char *file, int line);

/* Runs a table, and adds to `*count` and `*failed`. */
void run_sentences(const struct sentence *table, unsigned long *count, unsigned long *failed);

/* Fills memory with a pattern, and checks that it is still there. */
#define FILL(object) memset(&(object), 0x5A, sizeof(object))
#define IS_UNTOUCHED(object) is_filled(&(object), sizeof(object))
int is_filled(const void *memory, size_t len);

/* The call fails with this result and does not change the object. */
#define REFUSES(due, call, object)    \
    do {                              \
        FILL(object);                 \
        EXPECT((call) == (due));      \
        EXPECT(IS_UNTOUCHED(object)); \
    } while (0)

/* A misaligned place that is large enough for each struct of the library. */
void *misaligned(void);

#endif
