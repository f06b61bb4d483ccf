/* Tests whose names are sentences; a call that is refused leaves what it would have written as it was. */
#ifndef CORSAC_TESTS_SENTENCE_H
#define CORSAC_TESTS_SENTENCE_H

#include <stddef.h>
#include <string.h>

#include <corsac.h>

struct sentence {
    const char *says;
    void (*check)(void);
};

/* A table of them, with its end. */
#define SENTENCE(name) { #name, name }
#define END_OF_SENTENCES { NULL, NULL }

/* One table per subject. */
extern const struct sentence policy_sentences[], request_sentences[], text_sentences[], explain_sentences[];
extern const struct sentence promise_sentences[], set_sentences[], parse_sentences[];

#define EXPECT(condition) expect((condition) != 0, #condition, __FILE__, __LINE__)
void expect(int holds, const char *condition, const char *file, int line);

/* Runs a table; `*count` and `*failed` grow. */
void run_sentences(const struct sentence *table, unsigned long *count, unsigned long *failed);

/* Memory with a pattern in it, and whether all of it still is. */
#define FILL(object) memset(&(object), 0x5A, sizeof(object))
#define IS_UNTOUCHED(object) is_filled(&(object), sizeof(object))
int is_filled(const void *memory, size_t len);

/* The call is refused with that result and writes nothing to the object. */
#define REFUSES(due, call, object)    \
    do {                              \
        FILL(object);                 \
        EXPECT((call) == (due));      \
        EXPECT(IS_UNTOUCHED(object)); \
    } while (0)

/* A place for any of the library's structures that none of them is aligned for. */
void *misaligned(void);

#endif
