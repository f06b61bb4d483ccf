/* Policy files in memory of exactly the needed size, and requests that are decided in two calls. */
#include "fault.h"
#include "made.h"
#include "memory.h"
#include "sentence.h"

static const corsac_bytes nowhere = { NULL, 1 };

static void count_findings(void *data, const corsac_finding *finding)
{
    size_t *lines = data;
    EXPECT(finding->size == sizeof *finding);
    *lines = *lines * 10 + finding->line;
}

/* Parses as every caller does; `*lines` are the lines of the findings, one digit each. */
static corsac_result parse(corsac_bytes text, corsac_policy_set *set, size_t *lines)
{
    corsac_parse_sizes sizes = { 0, 0 };
    corsac_result result;
    int calls = 0;
    *lines = 0;
    do {
        uint8_t *scratch = keep(sizes.scratch), *storage = keep(sizes.storage);
        result = corsac_policy_set_parse(text, scratch, sizes.scratch, storage, sizes.storage, count_findings, lines, &sizes, set);
    } while (result == CORSAC_STORAGE_TOO_SMALL && ++calls < 3 && *lines == 0);
    return result;
}

static void policy_file_is_parsed_in_memory_of_the_needed_size(void)
{
    corsac_policy_set set;
    size_t lines;
    EXPECT(parse(literal("allow_origins = [\"https://a.example\"]\n"), &set, &lines) == CORSAC_OK && lines == 0);
    EXPECT(parse(literal("[[policy]]\nallow_origins = ['*']\n[[policy]]\npath = '/a'\ncors = false\n"), &set, &lines) == CORSAC_OK);
    EXPECT(set.len > 0 && lines == 0);
    FILL(set);
    EXPECT(parse(literal("allow_origins = [\n'https://a.example/',\n'HTTPS://b.example']\nmax_ages = 1"), &set, &lines) == CORSAC_FINDINGS);
    EXPECT(lines == 423 || lines == 432);
    EXPECT(parse(literal(""), &set, &lines) == CORSAC_FINDINGS);
    EXPECT(parse(literal("[[policy]\n"), &set, &lines) == CORSAC_FINDINGS && lines == 1);
    EXPECT(parse(literal("a = \xFF"), &set, &lines) == CORSAC_FINDINGS && lines == 1);
    EXPECT(IS_UNTOUCHED(set));
}

static void parsing_needs_a_text_memory_and_two_outputs(void)
{
    const corsac_bytes text = literal("allow_origins = ['*']");
    uint8_t scratch[4096], storage[1024];
    corsac_parse_sizes sizes;
    corsac_policy policy;
    FILL(sizes);
    REFUSES(CORSAC_INVALID_ARGUMENT,
        corsac_policy_parse(nowhere, scratch, sizeof scratch, storage, sizeof storage, NULL, NULL, &sizes, &policy), policy);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_parse(text, NULL, 1, storage, sizeof storage, NULL, NULL, &sizes, &policy), policy);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_policy_parse(text, scratch, sizeof scratch, NULL, 1, NULL, NULL, &sizes, &policy), policy);
    EXPECT(IS_UNTOUCHED(sizes));
    EXPECT(corsac_policy_parse(text, scratch, sizeof scratch, storage, sizeof storage, NULL, NULL, NULL, &policy) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_parse(text, scratch, sizeof scratch, storage, sizeof storage, NULL, NULL, &sizes, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_parse(text, scratch, sizeof scratch, storage, sizeof storage, NULL, NULL, &sizes, &policy) == CORSAC_OK);
    REFUSES(CORSAC_IS_SET,
        corsac_policy_parse(literal("[[policy]]\nallow_origins = ['*']"), scratch, sizeof scratch, storage, sizeof storage, NULL, NULL,
            &sizes, &policy), policy);
}

static void policy_is_written_into_a_buffer_of_its_length(void)
{
    corsac_policy policy = made_policy();
    corsac_policy_set set;
    size_t length, written, lines;
    corsac_bytes text;
    uint8_t *buffer;
    set.image = policy.image;
    set.len = policy.len;
    EXPECT(corsac_policy_text(&policy, NULL, 0, &length) == CORSAC_STORAGE_TOO_SMALL && length > 0);
    buffer = keep(length);
    memset(buffer, 0x5A, length);
    EXPECT(corsac_policy_text(&policy, buffer, length - 1, &written) == CORSAC_STORAGE_TOO_SMALL && is_filled(buffer, length));
    EXPECT(corsac_policy_text(&policy, buffer, length, &written) == CORSAC_OK && written == length);
    EXPECT(corsac_policy_set_text(&set, buffer, length, &written) == CORSAC_OK && written == length);
    text.ptr = buffer;
    text.len = length;
    EXPECT(parse(text, &set, &lines) == CORSAC_OK && lines == 0);
    EXPECT(set.len == policy.len && memcmp(set.image, policy.image, set.len) == 0);
    EXPECT(corsac_policy_text(NULL, buffer, length, &written) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_policy_text(&policy, buffer, length, NULL) == CORSAC_INVALID_ARGUMENT);
}

static void check_result_is_0_or_1_and_used_once(void)
{
    const corsac_request_path path = { literal("/"), { NULL, 0 } };
    corsac_request *request = made_request("GET", "Origin", "https://tenant.example");
    corsac_decision decision;
    corsac_policy_set set;
    corsac_asked asked;
    size_t lines;
    EXPECT(parse(literal("allow_origins = ['https://a.example']\nexternal_origins = true\n"), &set, &lines) == CORSAC_OK);
    REFUSES(CORSAC_ASK, corsac_evaluate_ask(&set, &path, request, &decision, &asked), decision);
    EXPECT(asked.table == 0 && asked.origin.len == 22 && memcmp(asked.origin.ptr, "https://tenant.example", 22) == 0);
    EXPECT(corsac_evaluate_asked(&set, &path, request, 0, &decision) == CORSAC_OK && decision.denial == CORSAC_ORIGIN_NOT_ALLOWED);
    EXPECT(corsac_evaluate_asked(&set, &path, request, 1, &decision) == CORSAC_OK && decision.denial == CORSAC_ALLOWED);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_evaluate_asked(&set, &path, request, 2, &decision), decision);
    request = made_request("GET", "Origin", "https://a.example");
    REFUSES(CORSAC_OK, corsac_evaluate_ask(&set, &path, request, &decision, &asked), asked);
    EXPECT(decision.denial == CORSAC_ALLOWED);
}

static void changes_of_a_response_have_enough_room(void)
{
    const corsac_header headers[] = {
        { literal("Access-Control-Allow-Origin"), literal("*") },
        { literal("Content-Type"), literal("text/plain") },
    };
    corsac_policy policy = made_policy();
    corsac_header *added = keep(CORSAC_ADDED_MAX * sizeof *added);
    uint8_t *removed = keep(2);
    corsac_decision decision;
    size_t count;
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", "Origin", "https://a.example"), &decision) == CORSAC_OK);
    EXPECT(corsac_response_changes(&decision, headers, 2, removed, added, &count) == CORSAC_OK);
    EXPECT(removed[0] == 1 && removed[1] == 0 && count == decision.header_count);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_response_changes(&decision, NULL, 2, removed, added, &count), count);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_response_changes(&decision, headers, 2, NULL, added, &count), count);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_response_changes(&decision, headers, 2, removed, NULL, &count), count);
    EXPECT(corsac_response_changes(&decision, headers, 2, removed, added, NULL) == CORSAC_INVALID_ARGUMENT);
}

const struct sentence parse_sentences[] = {
    SENTENCE(policy_file_is_parsed_in_memory_of_the_needed_size),
    SENTENCE(parsing_needs_a_text_memory_and_two_outputs),
    SENTENCE(policy_is_written_into_a_buffer_of_its_length),
    SENTENCE(check_result_is_0_or_1_and_used_once),
    SENTENCE(changes_of_a_response_have_enough_room),
    END_OF_SENTENCES,
};
