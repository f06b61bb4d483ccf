/* Misuse of requests, of evaluating and of decisions. */
#include "fault.h"
#include "made.h"
#include "memory.h"
#include "sentence.h"

static const corsac_bytes nowhere = { NULL, 1 };
static const corsac_bytes endless = { (const uint8_t *)"x", SIZE_MAX };

static void request_needs_aligned_memory(void)
{
    char *place = misaligned();
    EXPECT(corsac_request_init(NULL, literal("GET")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_request_init((corsac_request *)(void *)place, literal("GET")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof(corsac_request)));
}

static void method_is_checked(void)
{
    corsac_request request;
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_request_init(&request, nowhere), request);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_request_init(&request, endless), request);
}

static void request_that_was_not_initialised_is_refused(void)
{
    static const unsigned char patterns[] = { 0x00, 0x5A, 0xFF };
    corsac_policy policy = made_policy();
    corsac_decision decision;
    size_t i, j;
    for (i = 0; i < sizeof patterns; i++) {
        corsac_request request;
        memset(&request, patterns[i], sizeof request);
        EXPECT(corsac_request_add_header(&request, literal("Origin"), literal("https://a.example")) == CORSAC_INVALID_ARGUMENT);
        for (j = 0; j < sizeof request && ((unsigned char *)&request)[j] == patterns[i]; j++)
            ;
        EXPECT(j == sizeof request);
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_evaluate(&policy, &request, &decision), decision);
    }
}

static void refused_header_changes_nothing(void)
{
    corsac_request *request = made_request("GET", NULL, NULL);
    corsac_policy policy = made_policy();
    corsac_decision decision;
    EXPECT(corsac_request_add_header(NULL, literal("Origin"), literal("x")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_request_add_header(misaligned(), literal("Origin"), literal("x")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_request_add_header(request, nowhere, literal("x")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_request_add_header(request, endless, literal("x")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_request_add_header(request, literal("Origin"), nowhere) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_request_add_header(request, literal("Origin"), endless) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_evaluate(&policy, request, &decision) == CORSAC_OK);
    EXPECT(decision.request_class == CORSAC_PLAIN);
}

/* Empty names and values are right, with any pointer. */
static void empty_bytes_can_have_any_pointer(void)
{
    const corsac_bytes empties[] = { { NULL, 0 }, { (const uint8_t *)"", 0 }, { (const uint8_t *)8, 0 } };
    corsac_policy policy = made_policy();
    corsac_decision decision;
    size_t i;
    for (i = 0; i < sizeof empties / sizeof *empties; i++) {
        corsac_request request;
        EXPECT(corsac_request_init(&request, empties[i]) == CORSAC_OK);
        EXPECT(corsac_request_add_header(&request, empties[i], empties[i]) == CORSAC_OK);
        EXPECT(corsac_request_add_header(&request, literal("Origin"), empties[i]) == CORSAC_OK);
        EXPECT(corsac_policy_evaluate(&policy, &request, &decision) == CORSAC_OK);
        EXPECT(decision.denial == CORSAC_ORIGIN_MALFORMED && decision.denial_bytes.len == 0);
    }
}

/* Made by hand, which the header forbids. The result has no meaning, but the library reads only the bytes that are there. */
static void policy_made_by_hand_is_read_within_its_bytes(void)
{
    static const unsigned char patterns[] = { 0x00, 0x5A, 0xFF };
    corsac_request *request = made_request("GET", "Origin", "https://a.example");
    corsac_decision decision;
    size_t i, j, len, sum = 0;
    for (i = 0; i < sizeof patterns; i++)
        for (len = 1; len < 200; len++) {
            uint8_t *noise = keep(len);
            corsac_policy policy;
            memset(noise, patterns[i], len);
            policy.image = noise;
            policy.len = len;
            EXPECT(corsac_policy_evaluate(&policy, request, &decision) == CORSAC_OK);
            EXPECT(decision.header_count <= CORSAC_HEADERS_MAX);
            for (j = 0; j < decision.header_count; j++)
                if (decision.headers[j].value.len > 0)
                    sum += decision.headers[j].value.ptr[decision.headers[j].value.len - 1];
        }
    EXPECT(sum > 0);
}

static int32_t allow_all(void *data, size_t table, corsac_bytes origin)
{
    (void)table, (void)origin;
    ++*(int *)data;
    return 1;
}

static void evaluating_needs_a_policy_a_request_and_an_output(void)
{
    corsac_policy good = made_policy(), none = { NULL, 0 }, lost = { NULL, 100 }, empty = good, long_one = good;
    corsac_request *request = made_request("GET", "Origin", "https://b.example");
    const corsac_policy *wrong[6];
    corsac_decision decision;
    char *place = misaligned();
    int calls = 0;
    size_t i;
    empty.len = 0;
    long_one.len = SIZE_MAX;
    wrong[0] = NULL;
    wrong[1] = &none;
    wrong[2] = &lost;
    wrong[3] = &empty;
    wrong[4] = &long_one;
    wrong[5] = (const corsac_policy *)(void *)place;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_evaluate(wrong[i], request, &decision), decision);
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_evaluate_with(wrong[i], request, allow_all, &calls, &decision), decision);
    }
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_evaluate(&good, NULL, &decision), decision);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_evaluate(&good, (corsac_request *)(void *)place, &decision), decision);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_evaluate_with(&good, NULL, allow_all, &calls, &decision), decision);
    EXPECT(corsac_policy_evaluate(&good, request, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_evaluate(&good, request, (corsac_decision *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_evaluate_with(&good, request, allow_all, &calls, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_evaluate_with(&good, request, allow_all, &calls, (corsac_decision *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof decision));
    EXPECT(calls == 0);
}

static void evaluating_with_a_check_needs_one(void)
{
    corsac_policy policy = made_policy();
    corsac_decision decision;
    corsac_request *request = made_request("GET", "Origin", "https://b.example");
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_evaluate_with(&policy, request, NULL, NULL, &decision), decision);
}

static void message_needs_a_decision_a_buffer_and_an_output(void)
{
    corsac_policy policy = made_policy();
    corsac_decision decision;
    uint8_t buffer[CORSAC_MESSAGE_MAX];
    size_t written;
    char *place = misaligned();
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", "Origin", "https://b.example"), &decision) == CORSAC_OK);
    FILL(buffer);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_denial_message(NULL, buffer, sizeof buffer, &written), written);
    REFUSES(CORSAC_INVALID_ARGUMENT,
        corsac_denial_message((corsac_decision *)(void *)place, buffer, sizeof buffer, &written), written);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_denial_message(&decision, NULL, sizeof buffer, &written), written);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_denial_message(&decision, buffer, SIZE_MAX, &written), written);
    EXPECT(corsac_denial_message(&decision, buffer, sizeof buffer, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_denial_message(&decision, buffer, sizeof buffer, (size_t *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof written));
    REFUSES(CORSAC_STORAGE_TOO_SMALL, corsac_denial_message(&decision, NULL, 0, &written), written);
    EXPECT(IS_UNTOUCHED(buffer));
}

static void message_that_does_not_fit_is_not_written(void)
{
    corsac_policy policy = made_policy();
    corsac_decision decision;
    uint8_t buffer[CORSAC_MESSAGE_MAX];
    size_t written, len, capacity;
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", "Origin", "https://b.example"), &decision) == CORSAC_OK);
    EXPECT(corsac_denial_message(&decision, buffer, sizeof buffer, &len) == CORSAC_OK && len > 20);
    for (capacity = 0; capacity < len; capacity++) {
        uint8_t *room = keep(capacity);
        memset(room, 0x5A, capacity);
        REFUSES(CORSAC_STORAGE_TOO_SMALL, corsac_denial_message(&decision, room, capacity, &written), written);
        EXPECT(is_filled(room, capacity));
    }
    EXPECT(corsac_denial_message(&decision, keep(len), len, &written) == CORSAC_OK && written == len);
}

static void a_decision_with_an_unknown_denial_has_no_message(void)
{
    static const int32_t unknown[] = { -1, CORSAC_PATH_AMBIGUOUS + 1, 255, INT32_MAX, INT32_MIN };
    corsac_policy policy = made_policy();
    corsac_decision decision;
    uint8_t buffer[CORSAC_MESSAGE_MAX];
    size_t written, i;
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", "Origin", "https://b.example"), &decision) == CORSAC_OK);
    FILL(buffer);
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        decision.denial = unknown[i];
        REFUSES(CORSAC_INVALID_ARGUMENT, corsac_denial_message(&decision, buffer, sizeof buffer, &written), written);
    }
    decision.denial = CORSAC_ORIGIN_NOT_ALLOWED;
    decision.denial_bytes = nowhere;
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_denial_message(&decision, buffer, sizeof buffer, &written), written);
    EXPECT(IS_UNTOUCHED(buffer));
}

const struct sentence request_sentences[] = {
    SENTENCE(request_needs_aligned_memory),
    SENTENCE(method_is_checked),
    SENTENCE(request_that_was_not_initialised_is_refused),
    SENTENCE(refused_header_changes_nothing),
    SENTENCE(empty_bytes_can_have_any_pointer),
    SENTENCE(evaluating_needs_a_policy_a_request_and_an_output),
    SENTENCE(policy_made_by_hand_is_read_within_its_bytes),
    SENTENCE(evaluating_with_a_check_needs_one),
    SENTENCE(message_needs_a_decision_a_buffer_and_an_output),
    SENTENCE(message_that_does_not_fit_is_not_written),
    SENTENCE(a_decision_with_an_unknown_denial_has_no_message),
    END_OF_SENTENCES,
};
