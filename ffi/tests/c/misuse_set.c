/* Misuse of policy sets, of paths, and of the policies of a path. */
#include "fault.h"
#include "made.h"
#include "memory.h"
#include "sentence.h"

static const corsac_bytes nowhere = { NULL, 1 };
static const corsac_bytes endless = { (const uint8_t *)"x", SIZE_MAX };

enum { TABLES = 3 };

/* Two paths with a policy, and one that is untouched. */
static const corsac_policy_table *made_tables(void)
{
    static corsac_spec spec;
    static corsac_policy_table tables[TABLES];
    memset(tables, 0, sizeof tables);
    spec = made_spec();
    tables[0].path = literal("/account");
    tables[0].spec = &spec;
    tables[1].path = literal("/");
    tables[1].spec = &spec;
    tables[2].path = literal("/raw");
    tables[2].untouched = 1;
    return tables;
}

static corsac_policy_set made_set(void)
{
    corsac_policy_set set;
    size_t size;
    EXPECT(corsac_policy_set_size(made_tables(), TABLES, &size) == CORSAC_OK);
    EXPECT(corsac_policy_set_compile(made_tables(), TABLES, keep(size), size, NULL, NULL, &set) == CORSAC_OK);
    return set;
}

static corsac_request_path made_path(const char *decoded)
{
    corsac_request_path path = { { NULL, 0 }, { NULL, 0 } };
    path.decoded = literal(decoded);
    return path;
}

static void not_called(void *data, const corsac_finding *finding)
{
    (void)finding;
    *(int *)data = 1;
}

static void are_refused(const corsac_policy_table *tables, size_t count)
{
    uint8_t storage[4096];
    size_t size;
    corsac_policy_set set;
    int called = 0;
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_size(tables, count, &size), size);
    FILL(storage);
    REFUSES(CORSAC_INVALID_ARGUMENT,
        corsac_policy_set_compile(tables, count, storage, sizeof storage, not_called, &called, &set), set);
    EXPECT(IS_UNTOUCHED(storage));
    EXPECT(called == 0);
}

static void table_has_a_path_and_a_policy_or_is_untouched(void)
{
    corsac_policy_table tables[2];
    corsac_spec old = made_spec();
    old.size = 0;
    are_refused(NULL, 1);
    are_refused(misaligned(), 1);
    are_refused(made_tables(), SIZE_MAX);
    are_refused(made_tables(), SIZE_MAX / sizeof *tables + 1);
    tables[0] = made_tables()[0];
#define IS_REFUSED(change)                   \
    do {                                     \
        tables[1] = made_tables()[1];        \
        tables[1].change;                    \
        are_refused(tables, 2);              \
    } while (0)
    IS_REFUSED(path = nowhere);
    IS_REFUSED(path = endless);
    IS_REFUSED(spec = NULL);
    IS_REFUSED(spec = misaligned());
    IS_REFUSED(spec = &old);
    IS_REFUSED(untouched = 1);
    IS_REFUSED(untouched = 2);
}

static void compiling_a_set_needs_storage_and_an_output(void)
{
    uint8_t storage[4096];
    size_t size, len;
    corsac_policy_set set;
    char *place = misaligned();
    EXPECT(corsac_policy_set_size(made_tables(), TABLES, &size) == CORSAC_OK);
    EXPECT(corsac_policy_set_size(made_tables(), TABLES, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_set_size(made_tables(), TABLES, (size_t *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_compile(made_tables(), TABLES, NULL, size, NULL, NULL, &set), set);
    REFUSES(
        CORSAC_INVALID_ARGUMENT, corsac_policy_set_compile(made_tables(), TABLES, storage, SIZE_MAX, NULL, NULL, &set), set);
    EXPECT(corsac_policy_set_compile(made_tables(), TABLES, storage, size, NULL, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    for (len = 0; len < size; len++)
        REFUSES(CORSAC_STORAGE_TOO_SMALL,
            corsac_policy_set_compile(made_tables(), TABLES, keep(len), len, NULL, NULL, &set), set);
    REFUSES(CORSAC_FINDINGS, corsac_policy_set_compile(NULL, 0, storage, sizeof storage, NULL, NULL, &set), set);
}

static void hostile_image_of_a_set_does_not_open_or_decides(void)
{
    static const uint8_t masks[] = { 0x01, 0x80, 0x55, 0xFF };
    const corsac_request_path paths[] = { made_path("/account/x"), made_path("/"), made_path("/raw"), made_path("/a//b") };
    corsac_policy_set good = made_set(), set;
    corsac_decision decision;
    uint8_t *image = memcpy(keep(good.len), good.image, good.len);
    size_t at, i, j, refused = 0;
    for (at = 0; at < good.len; at++)
        for (i = 0; i < sizeof masks; i++) {
            corsac_result result;
            image[at] ^= masks[i];
            FILL(set);
            result = corsac_policy_set_open(image, good.len, &set);
            EXPECT(result == CORSAC_OK || (result <= CORSAC_NOT_AN_IMAGE && IS_UNTOUCHED(set)));
            refused += result != CORSAC_OK;
            for (j = 0; result == CORSAC_OK && j < sizeof paths / sizeof *paths; j++)
                EXPECT(corsac_policy_set_evaluate(&set, &paths[j], made_request("GET", "Origin", "https://a.example"), &decision) >= 0);
            image[at] ^= masks[i];
        }
    EXPECT(refused > good.len);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_open(NULL, 1, &set), set);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_open(image, SIZE_MAX, &set), set);
    EXPECT(corsac_policy_set_open(image, good.len, NULL) == CORSAC_INVALID_ARGUMENT);
    REFUSES(CORSAC_WRONG_LENGTH, corsac_policy_set_open(image, good.len - 1, &set), set);
}

static int32_t allow_all(void *data, size_t table, corsac_bytes origin)
{
    (void)table, (void)origin;
    ++*(int *)data;
    return 1;
}

static void deciding_by_path_needs_each_argument(void)
{
    const corsac_policy_set good = made_set(), none = { NULL, 0 }, lost = { NULL, 100 };
    const corsac_request_path path = made_path("/"), untouched = made_path("/raw"), unknown = { { NULL, 0 }, { NULL, 0 } };
    corsac_request_path decoded = path, raw = path;
    corsac_request *request = made_request("GET", "Origin", "https://b.example");
    const corsac_policy_set *sets[5];
    const corsac_request_path *paths[6];
    corsac_decision decision;
    corsac_path_policies policies;
    size_t i;
    int calls = 0;
    decoded.decoded = nowhere;
    raw.raw = endless;
    sets[0] = NULL, sets[1] = misaligned(), sets[2] = &none, sets[3] = &lost, sets[4] = &good;
    paths[0] = NULL, paths[1] = misaligned(), paths[2] = &unknown, paths[3] = &decoded, paths[4] = &raw, paths[5] = &path;
    for (i = 0; i < 9; i++) {
        const corsac_policy_set *set = sets[i < 4 ? i : 4];
        const corsac_request_path *at = paths[i < 4 ? 5 : i - 4];
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_evaluate(set, at, request, &decision), decision);
        REFUSES(CORSAC_INVALID_ARGUMENT,
            corsac_policy_set_evaluate_with(set, at, request, allow_all, &calls, &decision), decision);
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_at(set, at, &policies), policies);
    }
    for (i = 0; i < 2; i++) {
        const corsac_request_path *at = i == 0 ? &path : &untouched;
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_evaluate(&good, at, NULL, &decision), decision);
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_set_evaluate_with(&good, at, request, NULL, NULL, &decision), decision);
        EXPECT(corsac_policy_set_evaluate(&good, at, request, NULL) == CORSAC_INVALID_ARGUMENT);
        EXPECT(corsac_policy_set_at(&good, at, NULL) == CORSAC_INVALID_ARGUMENT);
    }
    REFUSES(CORSAC_UNTOUCHED, corsac_policy_set_evaluate(&good, &untouched, request, &decision), decision);
    REFUSES(CORSAC_UNTOUCHED, corsac_policy_set_at(&good, &untouched, &policies), policies);
    EXPECT(calls == 0);
}

static void policies_of_a_path_are_checked(void)
{
    const corsac_policy_set set = made_set();
    const corsac_request_path path = made_path("/");
    corsac_request *request = made_request("GET", "Origin", "https://b.example");
    corsac_path_policies good, never;
    corsac_decision decision;
    int calls = 0;
    memset(&never, 0, sizeof never);
    EXPECT(corsac_policy_set_at(&set, &path, &good) == CORSAC_OK);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_path_policies_evaluate(NULL, request, &decision), decision);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_path_policies_evaluate(misaligned(), request, &decision), decision);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_path_policies_evaluate(&never, request, &decision), decision);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_path_policies_evaluate(&good, NULL, &decision), decision);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_path_policies_evaluate_with(&good, request, NULL, NULL, &decision), decision);
    REFUSES(CORSAC_INVALID_ARGUMENT,
        corsac_path_policies_evaluate_with(&never, request, allow_all, &calls, &decision), decision);
    EXPECT(corsac_path_policies_evaluate(&good, request, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(calls == 0);
}

static void table_callback(void *data, size_t table, corsac_bytes path, const corsac_policy *policy)
{
    int *seen = data;
    *seen += same_bytes("", path, made_tables()[table].path) && (policy == NULL) == made_tables()[table].untouched;
}

static void tables_are_listed_to_a_callback(void)
{
    const corsac_policy_set set = made_set(), none = { NULL, 0 };
    int seen = 0;
    EXPECT(corsac_policy_set_tables(&set, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_set_tables(NULL, table_callback, &seen) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_set_tables(&none, table_callback, &seen) == CORSAC_INVALID_ARGUMENT);
    EXPECT(seen == 0);
    EXPECT(corsac_policy_set_tables(&set, table_callback, &seen) == CORSAC_OK && seen == TABLES);
}

static void class_needs_a_request_and_an_output(void)
{
    corsac_request never;
    int32_t request_class;
    memset(&never, 0, sizeof never);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_request_class(NULL, &request_class), request_class);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_request_class(&never, &request_class), request_class);
    EXPECT(corsac_request_class(made_request("GET", NULL, NULL), NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_request_class(made_request("GET", NULL, NULL), &request_class) == CORSAC_OK && request_class == CORSAC_PLAIN);
}

const struct sentence set_sentences[] = {
    SENTENCE(table_has_a_path_and_a_policy_or_is_untouched),
    SENTENCE(compiling_a_set_needs_storage_and_an_output),
    SENTENCE(hostile_image_of_a_set_does_not_open_or_decides),
    SENTENCE(deciding_by_path_needs_each_argument),
    SENTENCE(policies_of_a_path_are_checked),
    SENTENCE(tables_are_listed_to_a_callback),
    SENTENCE(class_needs_a_request_and_an_output),
    END_OF_SENTENCES,
};
