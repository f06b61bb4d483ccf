/* Misuse of specs, storage and images. */
#include "fault.h"
#include "made.h"
#include "memory.h"
#include "sentence.h"

/* NULL with a length, and a length that no object has. */
static const corsac_bytes nowhere = { NULL, 1 };
static const corsac_bytes endless = { (const uint8_t *)"x", SIZE_MAX };

static void spec_needs_aligned_memory(void)
{
    char *place = misaligned();
    EXPECT(corsac_spec_init(NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_spec_init((corsac_spec *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof(corsac_spec)));
}

static void size_needs_a_spec_and_an_output(void)
{
    corsac_spec spec = made_spec();
    size_t size;
    char *place = misaligned();
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_size(NULL, &size), size);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_size((corsac_spec *)(void *)place, &size), size);
    EXPECT(corsac_policy_size(&spec, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_size(&spec, (size_t *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof size));
}

/* A spec that every call refuses: the size, the storage and the policy stay unchanged, and there is no finding. */
static void not_called(void *data, const corsac_finding *finding)
{
    (void)finding;
    *(int *)data = 1;
}

static void is_refused(const corsac_spec *spec)
{
    uint8_t storage[2048];
    size_t size;
    corsac_policy policy;
    int called = 0;
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_size(spec, &size), size);
    FILL(storage);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_compile(spec, storage, sizeof storage, not_called, &called, &policy), policy);
    EXPECT(IS_UNTOUCHED(storage));
    EXPECT(called == 0);
}

static void spec_that_was_not_initialised_is_refused(void)
{
    corsac_spec spec = made_spec();
    spec.size = 0;
    is_refused(&spec);
    spec.size = sizeof spec - 1;
    is_refused(&spec);
    spec.size = SIZE_MAX;
    is_refused(&spec);
    memset(&spec, 0, sizeof spec);
    is_refused(&spec);
    FILL(spec);
    is_refused(&spec);
}

static void a_switch_is_0_or_1(void)
{
    static const size_t switches[] = {
        offsetof(corsac_spec, allow_credentials),
        offsetof(corsac_spec, external_origins),
        offsetof(corsac_spec, allow_private_network),
        offsetof(corsac_spec, dangerously_allow_null_origin),
        offsetof(corsac_spec, dangerously_allow_insecure_origins),
        offsetof(corsac_spec, dangerously_allow_all_public_suffixes),
        offsetof(corsac_spec, allow_timing),
    };
    size_t i;
    for (i = 0; i < sizeof switches / sizeof *switches; i++) {
        corsac_spec spec = made_spec();
        ((uint8_t *)&spec)[switches[i]] = 2;
        is_refused(&spec);
        ((uint8_t *)&spec)[switches[i]] = 0xFF;
        is_refused(&spec);
    }
}

static void lists_are_checked(void)
{
    static const size_t lists[] = {
        offsetof(corsac_spec, allow_origins),
        offsetof(corsac_spec, allow_methods),
        offsetof(corsac_spec, allow_headers),
        offsetof(corsac_spec, expose_headers),
        offsetof(corsac_spec, dangerously_allow_public_suffixes),
    };
    corsac_bytes entries[2];
    size_t i;
    for (i = 0; i < sizeof lists / sizeof *lists; i++) {
        corsac_spec spec = made_spec();
        corsac_list *list = (corsac_list *)(void *)((char *)&spec + lists[i]);
        list->ptr = NULL;
        list->len = 1;
        is_refused(&spec);
        list->ptr = misaligned();
        is_refused(&spec);
        list->ptr = entries;
        list->len = SIZE_MAX / sizeof *entries + 1;
        is_refused(&spec);
        list->len = SIZE_MAX;
        is_refused(&spec);
        /* One of two entries is NULL. */
        list->len = 2;
        entries[0] = literal("x");
        entries[1] = nowhere;
        is_refused(&spec);
        entries[1] = endless;
        is_refused(&spec);
    }
}

static void number_out_of_range_is_a_finding(void)
{
    static const int64_t wrong[] = { INT64_MAX, INT64_MIN + 1, -1, 100000 };
    uint8_t storage[2048];
    corsac_policy policy;
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        corsac_spec spec = made_spec();
        /* More than a day is capped, with a warning. */
        if (wrong[i] < 0) {
            spec.max_age = wrong[i];
            REFUSES(CORSAC_FINDINGS, corsac_policy_compile(&spec, storage, sizeof storage, NULL, NULL, &policy), policy);
            spec.max_age = CORSAC_UNSET;
        }
        spec.preflight_status = wrong[i];
        REFUSES(CORSAC_FINDINGS, corsac_policy_compile(&spec, storage, sizeof storage, NULL, NULL, &policy), policy);
        spec.preflight_status = CORSAC_UNSET;
        spec.denied_preflight_status = wrong[i];
        REFUSES(CORSAC_FINDINGS, corsac_policy_compile(&spec, storage, sizeof storage, NULL, NULL, &policy), policy);
    }
}

static void compiling_needs_a_spec_storage_and_an_output(void)
{
    corsac_spec spec = made_spec();
    uint8_t storage[2048];
    corsac_policy policy;
    char *place = misaligned();
    FILL(storage);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_compile(NULL, storage, sizeof storage, NULL, NULL, &policy), policy);
    REFUSES(CORSAC_INVALID_ARGUMENT,
        corsac_policy_compile((corsac_spec *)(void *)place, storage, sizeof storage, NULL, NULL, &policy), policy);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_compile(&spec, NULL, sizeof storage, NULL, NULL, &policy), policy);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_compile(&spec, storage, SIZE_MAX, NULL, NULL, &policy), policy);
    EXPECT(corsac_policy_compile(&spec, storage, sizeof storage, NULL, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_compile(&spec, storage, sizeof storage, NULL, NULL, (corsac_policy *)(void *)place)
        == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof policy));
    EXPECT(IS_UNTOUCHED(storage));
}

static void storage_that_is_too_small_is_refused_at_every_length(void)
{
    corsac_spec spec = made_spec();
    corsac_policy policy;
    size_t size, len;
    EXPECT(corsac_policy_size(&spec, &size) == CORSAC_OK);
    REFUSES(CORSAC_STORAGE_TOO_SMALL, corsac_policy_compile(&spec, NULL, 0, NULL, NULL, &policy), policy);
    for (len = 0; len < size; len++)
        REFUSES(CORSAC_STORAGE_TOO_SMALL, corsac_policy_compile(&spec, keep(len), len, NULL, NULL, &policy), policy);
    EXPECT(corsac_policy_compile(&spec, keep(size), size, NULL, NULL, &policy) == CORSAC_OK);
}

static void opening_needs_an_image_and_an_output(void)
{
    corsac_policy good = made_policy(), policy;
    char *place = misaligned();
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_open(NULL, good.len, &policy), policy);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_open(good.image, SIZE_MAX, &policy), policy);
    REFUSES(CORSAC_NOT_AN_IMAGE, corsac_policy_open(NULL, 0, &policy), policy);
    EXPECT(corsac_policy_open(good.image, good.len, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_open(good.image, good.len, (corsac_policy *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof policy));
}

static uint8_t *copied(corsac_policy policy, size_t len)
{
    uint8_t *copy = keep(len);
    memset(copy, 0, len);
    memcpy(copy, policy.image, len < policy.len ? len : policy.len);
    return copy;
}

static void an_image_of_another_length_does_not_open(void)
{
    corsac_policy good = made_policy(), policy;
    size_t len;
    for (len = 0; len < good.len; len++) {
        /* The first seven bytes mark an image, the eighth is its version. */
        corsac_result due = len < 7 ? CORSAC_NOT_AN_IMAGE : len == 7 ? CORSAC_OTHER_VERSION : CORSAC_WRONG_LENGTH;
        REFUSES(due, corsac_policy_open(copied(good, len), len, &policy), policy);
    }
    REFUSES(CORSAC_WRONG_LENGTH, corsac_policy_open(copied(good, good.len + 1), good.len + 1, &policy), policy);
}

/* Each byte is damaged in four ways. The image does not open, or is another good policy, which must decide. */
static void hostile_image_does_not_open_or_decides(void)
{
    static const uint8_t masks[] = { 0x01, 0x80, 0x55, 0xFF };
    corsac_policy good = made_policy(), policy;
    corsac_decision decision;
    uint8_t *image = copied(good, good.len);
    size_t at, i, refused = 0;
    for (at = 0; at < good.len; at++)
        for (i = 0; i < sizeof masks; i++) {
            corsac_result result;
            image[at] ^= masks[i];
            FILL(policy);
            result = corsac_policy_open(image, good.len, &policy);
            EXPECT(result <= CORSAC_OK && result >= CORSAC_IS_SET && corsac_result_text(result).len > 0);
            EXPECT(result == CORSAC_OK || IS_UNTOUCHED(policy));
            refused += result != CORSAC_OK;
            if (result == CORSAC_OK)
                EXPECT(corsac_policy_evaluate(&policy, made_request("GET", "Origin", "https://a.example"), &decision) == CORSAC_OK);
            image[at] ^= masks[i];
        }
    EXPECT(refused > good.len);
}

static void random_bytes_do_not_open(void)
{
    uint8_t noise[512];
    corsac_policy policy;
    memset(noise, 0, sizeof noise);
    REFUSES(CORSAC_NOT_AN_IMAGE, corsac_policy_open(noise, sizeof noise, &policy), policy);
    memset(noise, 0xFF, sizeof noise);
    REFUSES(CORSAC_NOT_AN_IMAGE, corsac_policy_open(noise, sizeof noise, &policy), policy);
}

static void properties_need_a_policy(void)
{
    int32_t (*const questions[])(const corsac_policy *) = {
        corsac_policy_is_any_origin,
        corsac_policy_allows_credentials,
        corsac_policy_allows_external_origins,
        corsac_policy_is_public_suffix_checked,
    };
    corsac_policy none = { NULL, 0 }, lost = { NULL, 100 }, empty = made_policy(), endless_one = made_policy();
    size_t i;
    empty.len = 0;
    endless_one.len = SIZE_MAX;
    for (i = 0; i < sizeof questions / sizeof *questions; i++) {
        EXPECT(questions[i](NULL) == CORSAC_INVALID_ARGUMENT);
        EXPECT(questions[i](misaligned()) == CORSAC_INVALID_ARGUMENT);
        EXPECT(questions[i](&none) == CORSAC_INVALID_ARGUMENT);
        EXPECT(questions[i](&lost) == CORSAC_INVALID_ARGUMENT);
        EXPECT(questions[i](&empty) == CORSAC_INVALID_ARGUMENT);
        EXPECT(questions[i](&endless_one) == CORSAC_INVALID_ARGUMENT);
    }
}

const struct sentence policy_sentences[] = {
    SENTENCE(spec_needs_aligned_memory),
    SENTENCE(size_needs_a_spec_and_an_output),
    SENTENCE(spec_that_was_not_initialised_is_refused),
    SENTENCE(a_switch_is_0_or_1),
    SENTENCE(lists_are_checked),
    SENTENCE(number_out_of_range_is_a_finding),
    SENTENCE(compiling_needs_a_spec_storage_and_an_output),
    SENTENCE(storage_that_is_too_small_is_refused_at_every_length),
    SENTENCE(opening_needs_an_image_and_an_output),
    SENTENCE(an_image_of_another_length_does_not_open),
    SENTENCE(hostile_image_does_not_open_or_decides),
    SENTENCE(random_bytes_do_not_open),
    SENTENCE(properties_need_a_policy),
    END_OF_SENTENCES,
};
