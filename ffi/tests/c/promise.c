/* Promises of the header that no vector checks: origin checks, sentences of findings, texts, Vary, versions. */
#include "fault.h"
#include "made.h"
#include "memory.h"
#include "sentence.h"

static int is(corsac_bytes bytes, const char *text)
{
    return same_bytes("", bytes, literal(text));
}

/* The result of a check for one origin, and the number of its calls. */
struct tenants {
    const char *known;
    int32_t result;
    unsigned calls;
};

static int32_t check_origin(void *data, size_t table, corsac_bytes origin)
{
    struct tenants *tenants = data;
    EXPECT(table == 0);
    tenants->calls++;
    return is(origin, tenants->known) ? tenants->result : 0;
}

static int32_t denial_with(const corsac_policy *policy, const char *origin, struct tenants *tenants)
{
    corsac_decision decision;
    FILL(decision);
    EXPECT(corsac_policy_evaluate_with(policy, made_request("GET", "Origin", origin), check_origin, tenants, &decision) == CORSAC_OK);
    return decision.denial;
}

static void a_check_allows_an_origin_with_1_only(void)
{
    struct tenants tenants = { "https://b.example", 1, 0 };
    corsac_spec spec = made_spec();
    corsac_policy policy;
    spec.external_origins = 1;
    policy = compiled(&spec);
    EXPECT(corsac_policy_allows_external_origins(&policy) == 1);
    EXPECT(denial_with(&policy, "https://a.example", &tenants) == CORSAC_ALLOWED && tenants.calls == 0);
    EXPECT(denial_with(&policy, "https://b.example", &tenants) == CORSAC_ALLOWED && tenants.calls == 1);
    EXPECT(denial_with(&policy, "https://c.example", &tenants) == CORSAC_ORIGIN_NOT_ALLOWED && tenants.calls == 2);
    EXPECT(denial_with(&policy, "noise", &tenants) == CORSAC_ORIGIN_MALFORMED && tenants.calls == 2);
    tenants.result = 2;
    EXPECT(denial_with(&policy, "https://b.example", &tenants) == CORSAC_ORIGIN_NOT_ALLOWED);
    tenants.result = -1;
    EXPECT(denial_with(&policy, "https://b.example", &tenants) == CORSAC_ORIGIN_NOT_ALLOWED);
}

static void a_check_is_not_called_without_external_origins(void)
{
    struct tenants tenants = { "https://b.example", 1, 0 };
    corsac_policy policy = made_policy();
    EXPECT(denial_with(&policy, "https://b.example", &tenants) == CORSAC_ORIGIN_NOT_ALLOWED && tenants.calls == 0);
}

static void policy_has_its_properties(void)
{
    const corsac_bytes any = literal("*");
    corsac_spec spec = made_spec();
    corsac_policy policy = compiled(&spec);
    EXPECT(corsac_policy_is_any_origin(&policy) == 0);
    EXPECT(corsac_policy_allows_credentials(&policy) == 0);
    EXPECT(corsac_policy_allows_external_origins(&policy) == 0);
    spec.allow_credentials = 1;
    policy = compiled(&spec);
    EXPECT(corsac_policy_allows_credentials(&policy) == 1);
    spec.allow_credentials = 0;
    spec.allow_origins.ptr = &any;
    policy = compiled(&spec);
    EXPECT(corsac_policy_is_any_origin(&policy) == 1);
}

static void missing_list_of_methods_is_the_default(void)
{
    corsac_spec spec = made_spec();
    corsac_request *request = made_request("OPTIONS", "Origin", "https://a.example");
    corsac_policy policy = compiled(&spec);
    corsac_bytes no_method;
    corsac_decision decision;
    EXPECT(corsac_request_add_header(request, literal("Access-Control-Request-Method"), literal("POST")) == CORSAC_OK);
    EXPECT(corsac_policy_evaluate(&policy, request, &decision) == CORSAC_OK && decision.denial == CORSAC_ALLOWED);
    spec.allow_methods.ptr = &no_method;
    policy = compiled(&spec);
    EXPECT(corsac_policy_evaluate(&policy, request, &decision) == CORSAC_OK && decision.denial == CORSAC_METHOD_NOT_ALLOWED);
}

static void options_and_names_are_needed_during_a_call_only(void)
{
    const char *origin = "https://a.example";
    char text[32], name[8];
    corsac_bytes entry;
    corsac_policy policy;
    corsac_request request;
    corsac_decision decision;
    corsac_spec spec = made_spec();
    strcpy(text, origin);
    strcpy(name, "oRIGIN");
    entry = literal(text);
    spec.allow_origins.ptr = &entry;
    policy = compiled(&spec);
    memset(text, 0, sizeof text);
    memset(&entry, 0, sizeof entry);
    EXPECT(corsac_request_init(&request, literal("GET")) == CORSAC_OK);
    EXPECT(corsac_request_add_header(&request, literal(name), literal(origin)) == CORSAC_OK);
    memset(name, 0, sizeof name);
    EXPECT(corsac_policy_evaluate(&policy, &request, &decision) == CORSAC_OK && decision.denial == CORSAC_ALLOWED);
}

static void request_can_be_used_again_without_its_headers(void)
{
    corsac_policy policy = made_policy();
    corsac_request *request = made_request("GET", "Origin", "https://a.example");
    corsac_decision decision;
    EXPECT(corsac_policy_evaluate(&policy, request, &decision) == CORSAC_OK && decision.request_class == CORSAC_ACTUAL);
    EXPECT(corsac_request_init(request, literal("GET")) == CORSAC_OK);
    EXPECT(corsac_policy_evaluate(&policy, request, &decision) == CORSAC_OK && decision.request_class == CORSAC_PLAIN);
}

static void bytes_after_the_image_do_not_matter(void)
{
    corsac_spec spec = made_spec();
    corsac_policy policy, opened;
    size_t size;
    uint8_t *storage;
    EXPECT(corsac_policy_size(&spec, &size) == CORSAC_OK);
    storage = keep(size + 100);
    EXPECT(corsac_policy_compile(&spec, storage, size + 100, NULL, NULL, &policy) == CORSAC_OK);
    EXPECT(policy.image == storage && policy.len <= size);
    EXPECT(corsac_policy_open(policy.image, policy.len, &opened) == CORSAC_OK);
    EXPECT(opened.image == policy.image && opened.len == policy.len);
}

/* The `data` of the callback, for one finding after the other. */
static void remember(void *data, const corsac_finding *finding)
{
    char *words = data;
    strncat(words, (const char *)finding->message.ptr, finding->message.len);
    strcat(words, "; ");
    strncat(words, (const char *)finding->suggestion.ptr, finding->suggestion.len);
    strcat(words, "\n");
}

static void messages_of_findings_are_printable(void)
{
    const corsac_bytes origins[] = { literal("https://a.example/"), literal("https://b.example\n") };
    char words[4 * CORSAC_MESSAGE_MAX] = "";
    uint8_t storage[2048];
    corsac_policy policy;
    corsac_spec spec = made_spec();
    spec.allow_origins.ptr = origins;
    spec.allow_origins.len = 2;
    REFUSES(CORSAC_FINDINGS, corsac_policy_compile(&spec, storage, sizeof storage, remember, words, &policy), policy);
    EXPECT(strstr(words, "\"https://a.example/\"") != NULL);
    EXPECT(strstr(words, "; write \"https://a.example\"\n") != NULL);
    EXPECT(strstr(words, "https://b.example\\x0A") != NULL);
    EXPECT(strstr(words, "example\n\"") == NULL);
}

static void denial_message_is_one_printable_line(void)
{
    static const char shown_origin[] = "\"a\\x1B[2J\\x22\\x5C\"";
    corsac_policy policy = made_policy();
    corsac_decision decision;
    uint8_t message[CORSAC_MESSAGE_MAX + 1];
    corsac_bytes said = { message, 0 };
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", "Origin", "https://b.example"), &decision) == CORSAC_OK);
    EXPECT(corsac_denial_message(&decision, message, CORSAC_MESSAGE_MAX, &said.len) == CORSAC_OK);
    EXPECT(is(said, "origin \"https://b.example\" is not allowed"));
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", "Origin", "a\x1B[2J\"\\"), &decision) == CORSAC_OK);
    EXPECT(corsac_denial_message(&decision, message, CORSAC_MESSAGE_MAX, &said.len) == CORSAC_OK);
    message[said.len] = 0;
    EXPECT(strstr((const char *)message, shown_origin) != NULL);
}

static void names_and_results_have_their_texts(void)
{
    int32_t number;
    EXPECT(is(corsac_class_name(CORSAC_PLAIN), "plain"));
    EXPECT(is(corsac_class_name(CORSAC_ACTUAL), "actual"));
    EXPECT(is(corsac_class_name(CORSAC_PREFLIGHT), "preflight"));
    EXPECT(is(corsac_denial_name(CORSAC_ORIGIN_NOT_ALLOWED), "origin-not-allowed"));
    EXPECT(is(corsac_denial_name(CORSAC_ORIGIN_MALFORMED), "origin-malformed"));
    EXPECT(is(corsac_denial_name(CORSAC_METHOD_NOT_ALLOWED), "method-not-allowed"));
    EXPECT(is(corsac_denial_name(CORSAC_METHOD_MALFORMED), "method-malformed"));
    EXPECT(is(corsac_denial_name(CORSAC_HEADER_NOT_ALLOWED), "header-not-allowed"));
    EXPECT(is(corsac_denial_name(CORSAC_HEADERS_MALFORMED), "headers-malformed"));
    EXPECT(is(corsac_denial_name(CORSAC_REQUEST_TOO_LARGE), "too-large"));
    EXPECT(is(corsac_denial_name(CORSAC_PATH_AMBIGUOUS), "path-ambiguous"));
    for (number = CORSAC_IS_SET; number <= CORSAC_UNTOUCHED; number++)
        EXPECT(corsac_result_text(number).len > 0);
}

static void escaping_keeps_printable_bytes_but_quotes_backslash_and_less_than(void)
{
    uint8_t buffer[4 * 256], all[256];
    corsac_bytes bytes = { all, sizeof all }, shown_bytes = { buffer, 0 };
    size_t i, printable = 0;
    for (i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    EXPECT(corsac_escape(bytes, buffer, sizeof buffer, &shown_bytes.len) == CORSAC_OK);
    /* 95 bytes are printable; three of them are escaped: the quote, the backslash and `<`. */
    EXPECT(shown_bytes.len == 92 + 4 * (256 - 92));
    for (i = 0; i < shown_bytes.len; i++)
        printable += buffer[i] >= 0x20 && buffer[i] <= 0x7E && buffer[i] != '"' && buffer[i] != '<';
    EXPECT(printable == shown_bytes.len);
    bytes = literal("a\n");
    EXPECT(corsac_escape(bytes, buffer, sizeof buffer, &shown_bytes.len) == CORSAC_OK && is(shown_bytes, "a\\x0A"));
}

static void a_decision_replaces_headers_in_any_case(void)
{
    corsac_spec spec = made_spec();
    corsac_policy policy = compiled(&spec);
    corsac_decision decision;
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", NULL, NULL), &decision) == CORSAC_OK);
    EXPECT(corsac_replaces_header(&decision, literal("Access-Control-Allow-Origin")) == 1);
    EXPECT(corsac_replaces_header(&decision, literal("ACCESS-control-Max-aGE")) == 1);
    EXPECT(corsac_replaces_header(&decision, literal("Vary")) == 0);
    EXPECT(corsac_replaces_header(&decision, literal("Access-Control-Request-Method")) == 0);
    EXPECT(corsac_replaces_header(&decision, literal("Timing-Allow-Origin")) == 0);
    spec.allow_timing = 1;
    policy = compiled(&spec);
    EXPECT(corsac_policy_evaluate(&policy, made_request("GET", NULL, NULL), &decision) == CORSAC_OK);
    EXPECT(corsac_replaces_header(&decision, literal("timing-allow-origin")) == 1);
}

static void headers_of_other_names_can_be_left_out(void)
{
    size_t place, count = 0;
    for (place = 0; corsac_read_header_name(place).len > 0; place++)
        count += is(corsac_read_header_name(place), "Origin");
    EXPECT(count == 1);
    EXPECT(corsac_read_header_name(10000).len == 0 && corsac_read_header_name(SIZE_MAX).len == 0);
}

static void vary_gets_only_the_missing_names(void)
{
    const corsac_bytes vary = literal("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    corsac_bytes lines[CORSAC_VARY_MAX];
    size_t count;
    uint32_t covered = 0;
    EXPECT(corsac_vary_missing(vary, covered, lines, &count) == CORSAC_OK);
    EXPECT(count == 1 && lines[0].ptr == vary.ptr && lines[0].len == vary.len);
    EXPECT(corsac_vary_add(literal("Accept-Encoding"), &covered) == CORSAC_OK);
    EXPECT(corsac_vary_add(literal("cookie, ORIGIN"), &covered) == CORSAC_OK);
    EXPECT(corsac_vary_missing(vary, covered, lines, &count) == CORSAC_OK);
    EXPECT(count == 2 && is(lines[0], "Access-Control-Request-Method") && is(lines[1], "Access-Control-Request-Headers"));
    EXPECT(corsac_vary_add(literal("*"), &covered) == CORSAC_OK);
    EXPECT(corsac_vary_missing(vary, covered, lines, &count) == CORSAC_OK && count == 0);
    EXPECT(corsac_vary_missing(literal(""), 0, lines, &count) == CORSAC_OK && count == 0);
}

static void library_and_header_have_the_same_version(void)
{
    EXPECT(corsac_abi_version() == CORSAC_ABI_VERSION);
    EXPECT(corsac_version().len >= 5);
}

const struct sentence promise_sentences[] = {
    SENTENCE(a_check_allows_an_origin_with_1_only),
    SENTENCE(a_check_is_not_called_without_external_origins),
    SENTENCE(policy_has_its_properties),
    SENTENCE(missing_list_of_methods_is_the_default),
    SENTENCE(options_and_names_are_needed_during_a_call_only),
    SENTENCE(request_can_be_used_again_without_its_headers),
    SENTENCE(bytes_after_the_image_do_not_matter),
    SENTENCE(messages_of_findings_are_printable),
    SENTENCE(denial_message_is_one_printable_line),
    SENTENCE(names_and_results_have_their_texts),
    SENTENCE(escaping_keeps_printable_bytes_but_quotes_backslash_and_less_than),
    SENTENCE(a_decision_replaces_headers_in_any_case),
    SENTENCE(headers_of_other_names_can_be_left_out),
    SENTENCE(vary_gets_only_the_missing_names),
    SENTENCE(library_and_header_have_the_same_version),
    END_OF_SENTENCES,
};
