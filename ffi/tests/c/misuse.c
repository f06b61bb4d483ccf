/* Every misuse that the header names is refused with its code, and nothing is written. */
#include <stdio.h>

#include "sentence.h"

static void what_does_not_hold(void)
{
    EXPECT(1 + 1 == 3);
}

static void what_was_written(void)
{
    size_t size;
    REFUSES(1, (size = 1), size);
}

int main(void)
{
    /* These two must fail, to show that a test can. */
    static const struct sentence wrong[] = { SENTENCE(what_does_not_hold), SENTENCE(what_was_written), END_OF_SENTENCES };
    unsigned long count = 0, failed = 0, noticed = 0;
    run_sentences(wrong, &count, &noticed);
    failed += noticed != 2;
    count = 0;
    run_sentences(policy_sentences, &count, &failed);
    run_sentences(request_sentences, &count, &failed);
    run_sentences(set_sentences, &count, &failed);
    run_sentences(text_sentences, &count, &failed);
    run_sentences(parse_sentences, &count, &failed);
    run_sentences(explain_sentences, &count, &failed);
    run_sentences(promise_sentences, &count, &failed);
    printf("%lu sentences; 2 wrong ones noticed; %lu failed\n", count, failed);
    return failed > 0;
}
