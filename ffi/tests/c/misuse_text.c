/* Misuse of escaping, of names, and of the functions for response headers. */
#include "fault.h"
#include "memory.h"
#include "sentence.h"

static const corsac_bytes nowhere = { NULL, 1 };
static const corsac_bytes endless = { (const uint8_t *)"x", SIZE_MAX };

static void a_number_without_a_meaning_has_an_empty_name(void)
{
    static const int32_t unknown[] = { -1, CORSAC_PATH_AMBIGUOUS + 1, 1000, INT32_MAX, INT32_MIN };
    size_t i;
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        EXPECT(corsac_class_name(unknown[i]).len == 0);
        EXPECT(corsac_denial_name(unknown[i]).len == 0);
    }
    EXPECT(corsac_class_name(CORSAC_PREFLIGHT + 1).len == 0);
    EXPECT(corsac_denial_name(CORSAC_ALLOWED).len == 0);
    EXPECT(corsac_result_text(CORSAC_ASK + 1).len == 0);
    EXPECT(corsac_result_text(CORSAC_NO_SPELLING - 1).len == 0);
    EXPECT(corsac_result_text(INT32_MIN).len == 0);
}

static void escaping_needs_bytes_a_buffer_and_an_output(void)
{
    uint8_t buffer[64];
    size_t written;
    char *place = misaligned();
    FILL(buffer);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_escape(nowhere, buffer, sizeof buffer, &written), written);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_escape(endless, buffer, sizeof buffer, &written), written);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_escape(literal("a"), NULL, 1, &written), written);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_escape(literal("a"), buffer, SIZE_MAX, &written), written);
    EXPECT(corsac_escape(literal("a"), buffer, sizeof buffer, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_escape(literal("a"), buffer, sizeof buffer, (size_t *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof written));
    EXPECT(IS_UNTOUCHED(buffer));
}

static void escape_that_does_not_fit_is_not_written(void)
{
    const corsac_bytes bytes = literal("a\n\"b");
    size_t written, capacity;
    for (capacity = 0; capacity < 10; capacity++) {
        uint8_t *room = keep(capacity);
        memset(room, 0x5A, capacity);
        REFUSES(CORSAC_STORAGE_TOO_SMALL, corsac_escape(bytes, room, capacity, &written), written);
        EXPECT(is_filled(room, capacity));
    }
    EXPECT(corsac_escape(bytes, keep(10), 10, &written) == CORSAC_OK && written == 10);
    EXPECT(corsac_escape(literal(""), NULL, 0, &written) == CORSAC_OK && written == 0);
}

static void replaced_headers_need_a_decision_and_a_name(void)
{
    corsac_decision decision;
    memset(&decision, 0, sizeof decision);
    EXPECT(corsac_replaces_header(&decision, nowhere) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_replaces_header(&decision, endless) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_replaces_header(NULL, literal("Vary")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_replaces_header((corsac_decision *)(void *)misaligned(), literal("Vary")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_replaces_header(&decision, literal("")) == 0);
    decision.replaces_timing = 2;
    EXPECT(corsac_replaces_header(&decision, literal("Vary")) == CORSAC_INVALID_ARGUMENT);
}

static void covered_names_start_as_0_and_come_from_the_library(void)
{
    static const uint32_t unknown[] = { 0x10, 0x100, 0x80000000, UINT32_MAX };
    uint32_t covered = 0;
    size_t i;
    char *place = misaligned();
    EXPECT(corsac_vary_add(literal("Origin"), NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_vary_add(literal("Origin"), (uint32_t *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof covered));
    EXPECT(corsac_vary_add(nowhere, &covered) == CORSAC_INVALID_ARGUMENT && covered == 0);
    EXPECT(corsac_vary_add(endless, &covered) == CORSAC_INVALID_ARGUMENT && covered == 0);
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        covered = unknown[i];
        EXPECT(corsac_vary_add(literal("Origin"), &covered) == CORSAC_INVALID_ARGUMENT && covered == unknown[i]);
    }
}

static void missing_names_need_two_outputs_and_covered_names(void)
{
    corsac_bytes lines[CORSAC_VARY_MAX];
    size_t count;
    char *place = misaligned();
    FILL(lines);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_vary_missing(nowhere, 0, lines, &count), count);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_vary_missing(endless, 0, lines, &count), count);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_vary_missing(literal("Origin"), UINT32_MAX, lines, &count), count);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_vary_missing(literal("Origin"), 0, NULL, &count), count);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_vary_missing(literal("Origin"), 0, (corsac_bytes *)(void *)place, &count), count);
    EXPECT(corsac_vary_missing(literal("Origin"), 0, lines, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_vary_missing(literal("Origin"), 0, lines, (size_t *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof lines));
    EXPECT(IS_UNTOUCHED(lines));
}

const struct sentence text_sentences[] = {
    SENTENCE(a_number_without_a_meaning_has_an_empty_name),
    SENTENCE(escaping_needs_bytes_a_buffer_and_an_output),
    SENTENCE(escape_that_does_not_fit_is_not_written),
    SENTENCE(replaced_headers_need_a_decision_and_a_name),
    SENTENCE(covered_names_start_as_0_and_come_from_the_library),
    SENTENCE(missing_names_need_two_outputs_and_covered_names),
    END_OF_SENTENCES,
};
