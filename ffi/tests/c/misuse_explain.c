/* Misuse of the browser model: each wrong argument, at every function that takes it. */
#include "fault.h"
#include "made.h"
#include "memory.h"
#include "sentence.h"
#include "reported.h"

static const corsac_bytes nowhere = { NULL, 1 };
static const corsac_bytes endless = { (const uint8_t *)"x", SIZE_MAX };
static corsac_header lines[CORSAC_EXPLAIN_LINES_MAX + 1];
static corsac_response response;
static corsac_hop hops[CORSAC_EXPLAIN_HOPS_MAX + 1];

/* The arguments of the model's functions, all good at first. */
struct call {
    const corsac_script_request *request;
    const corsac_hop *hops;
    size_t hop_count, hop;
    int32_t profile;
};

static corsac_script_request good_request(void)
{
    corsac_script_request request;
    EXPECT(corsac_script_request_init(&request, literal("https://a.example"), literal("https://b.example/x")) == CORSAC_OK);
    return request;
}

static struct call good_call(const corsac_script_request *request)
{
    struct call call = { request, hops, 1, 0, CORSAC_PROFILE_CHROMIUM };
    size_t i;
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        lines[i].name = literal("Vary");
        lines[i].value = literal("Origin");
    }
    memset(&response, 0, sizeof response);
    response.status = 200;
    response.headers = lines;
    response.header_count = 1;
    memset(hops, 0, sizeof hops);
    hops[0].url = literal("https://b.example/x");
    hops[0].preflight = &response;
    hops[0].response = &response;
    reported = 0;
    return call;
}

static void on_blocked(void *data, const corsac_blocked *blocked)
{
    (void)data, (void)blocked;
    reported++;
}

/* Calls each function, and checks its result and that its output is unchanged. */
static int32_t explain(const struct call *c)
{
    corsac_judgement out;
    int32_t result;
    FILL(out);
    result = corsac_explain(c->request, c->hops, c->hop_count, c->profile, on_blocked, NULL, &out);
    EXPECT(result == CORSAC_OK || IS_UNTOUCHED(out));
    return result;
}

static int32_t exposed(const struct call *c)
{
    return corsac_exposed_headers(c->request, c->hops, c->hop_count, c->profile, on_text, NULL);
}

static int32_t needs_after(const struct call *c)
{
    corsac_script_request later = good_request();
    int32_t result = corsac_needs_preflight_after(c->request, c->hops, c->hop_count, c->profile, &later, 1000);
    return result == 1 ? CORSAC_OK : result;
}

static int32_t step(const struct call *c)
{
    corsac_step out;
    int32_t result;
    FILL(out);
    result = corsac_step_at(c->request, c->hops, c->hop_count, c->hop, c->profile, &out);
    EXPECT(result == CORSAC_OK || IS_UNTOUCHED(out));
    return result;
}

static int32_t requested(const struct call *c)
{
    uint8_t buffer[256];
    size_t written;
    int32_t result;
    FILL(buffer);
    FILL(written);
    result = corsac_step_requested_headers(c->request, c->hops, c->hop_count, c->hop, c->profile, buffer, sizeof buffer, &written);
    EXPECT(result == CORSAC_OK || (IS_UNTOUCHED(buffer) && IS_UNTOUCHED(written)));
    return result;
}

static int32_t passing(const struct call *c)
{
    return corsac_step_passing_lines(c->request, c->hops, c->hop_count, c->hop, c->profile, 1, on_text, NULL);
}

static int32_t step_headers(const struct call *c)
{
    return corsac_step_headers(c->request, c->hops, c->hop_count, c->hop, on_header, NULL);
}

static int32_t dropped(const struct call *c)
{
    return corsac_dropped_headers(c->request, on_header, NULL);
}

/* Sorted by their arguments: a request; hops; the number of a hop. Those in the middle also take a profile. */
static int32_t (*const functions[])(const struct call *) = { dropped, step_headers, step, requested, passing, explain, exposed, needs_after };
enum { ALL = 0, WITH_HOPS = 1, WITH_PROFILE = 2, WITHOUT_NUMBER = 5, END = 8 };

static void refuse(const struct call *call, int from, int to, corsac_result due)
{
    for (; from < to; from++) {
        reported = 0;
        EXPECT(functions[from](call) == due);
        EXPECT(due == CORSAC_OK || reported == 0);
    }
}

static void what_is_good_is_taken(void)
{
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    refuse(&call, ALL, END, CORSAC_OK);
    call.hops = NULL;
    call.hop_count = 0;
    refuse(&call, ALL, END, CORSAC_OK);
}

static void script_request_needs_memory_and_texts(void)
{
    corsac_script_request request;
    char *place = misaligned();
    const corsac_bytes url = literal("https://b.example/");
    EXPECT(corsac_script_request_init(NULL, url, url) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_script_request_init((corsac_script_request *)(void *)place, url, url) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof request));
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_script_request_init(&request, nowhere, url), request);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_script_request_init(&request, url, nowhere), request);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_script_request_init(&request, endless, url), request);
}

static void script_request_that_was_not_initialised_is_refused(void)
{
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    call.request = NULL;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    call.request = misaligned();
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    call.request = &request;
    request.size--;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    memset(&request, 0, sizeof request);
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    FILL(request);
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
}

static void each_text_and_number_of_a_script_request_is_checked(void)
{
    static const size_t texts[] = {
        offsetof(corsac_script_request, origin),
        offsetof(corsac_script_request, url),
        offsetof(corsac_script_request, method),
        offsetof(corsac_script_request, referrer_policy),
    };
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    size_t i;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        *(corsac_bytes *)(void *)((char *)&request + texts[i]) = nowhere;
        refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
        *(corsac_bytes *)(void *)((char *)&request + texts[i]) = endless;
        refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
        request = good_request();
    }
    request.credentials = CORSAC_CREDENTIALS_INCLUDE + 1;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request.credentials = -1;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request = good_request();
    request.mode = CORSAC_MODE_SAME_ORIGIN + 1;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request = good_request();
    request.upload_listener = 2;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request = good_request();
    request.stream_body = 0xFF;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request = good_request();
    request.api = CORSAC_API_XHR + 1;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request = good_request();
    request.http_version = CORSAC_HTTP_2 + 1;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request = good_request();
    request.referrer_policy = literal("no-such-policy");
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
}

static void headers_of_a_script_request_are_checked(void)
{
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    request.header_count = 1;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request.headers = misaligned();
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    request.headers = lines;
    lines[0].name = nowhere;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    lines[0].name = literal("x-a");
    lines[0].value = endless;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
    lines[0].value = nowhere;
    refuse(&call, ALL, END, CORSAC_INVALID_ARGUMENT);
}

static void hops_are_checked(void)
{
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    call.hops = NULL;
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    call.hops = misaligned();
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    call = good_call(&request);
    hops[0].response = misaligned();
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    call = good_call(&request);
    hops[0].preflight = misaligned();
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    call = good_call(&request);
    hops[0].revalidated_count = 1;
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    call = good_call(&request);
    response.headers = NULL;
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    call = good_call(&request);
    lines[0].value = nowhere;
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    call = good_call(&request);
    response.status = -1;
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
    response.status = 65536;
    refuse(&call, WITH_HOPS, END, CORSAC_INVALID_ARGUMENT);
}

static void unknown_profile_is_refused(void)
{
    static const int32_t unknown[] = { CORSAC_PROFILE_WEBKIT + 1, -1, INT32_MAX, INT32_MIN };
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    size_t i;
    for (i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        call.profile = unknown[i];
        refuse(&call, WITH_PROFILE, END, CORSAC_INVALID_ARGUMENT);
        EXPECT(corsac_is_safelisted_header(unknown[i], literal("accept"), literal("x")) == CORSAC_INVALID_ARGUMENT);
        EXPECT(corsac_profile_name(unknown[i]).len == 0);
    }
}

static void step_of_another_hop_is_refused(void)
{
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    call.hop = 1;
    refuse(&call, WITH_HOPS, WITHOUT_NUMBER, CORSAC_INVALID_ARGUMENT);
    call.hop = SIZE_MAX;
    refuse(&call, WITH_HOPS, WITHOUT_NUMBER, CORSAC_INVALID_ARGUMENT);
}

static void too_many_headers_or_hops_are_refused(void)
{
    corsac_script_request request = good_request();
    struct call call = good_call(&request);
    response.header_count = CORSAC_EXPLAIN_LINES_MAX / 2;
    refuse(&call, WITH_HOPS, END, CORSAC_OK);
    hops[0].revalidated = lines;
    hops[0].revalidated_count = 1;
    refuse(&call, WITHOUT_NUMBER, END, CORSAC_TOO_MANY);
    call = good_call(&request);
    call.hop_count = CORSAC_EXPLAIN_HOPS_MAX + 1;
    refuse(&call, WITH_HOPS, END, CORSAC_TOO_MANY);
    call = good_call(&request);
    request.headers = lines;
    request.header_count = CORSAC_EXPLAIN_LINES_MAX + 1;
    refuse(&call, ALL, END, CORSAC_TOO_MANY);
}

static void every_output_is_checked(void)
{
    corsac_script_request request = good_request();
    struct call c = good_call(&request);
    char *place = misaligned();
    uint8_t buffer[8];
    size_t written;
    EXPECT(corsac_explain(c.request, c.hops, 1, 0, NULL, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_explain(c.request, c.hops, 1, 0, NULL, NULL, (corsac_judgement *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_step_at(c.request, c.hops, 1, 0, 0, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_step_at(c.request, c.hops, 1, 0, 0, (corsac_step *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    FILL(buffer);
    EXPECT(corsac_step_requested_headers(c.request, c.hops, 1, 0, 0, buffer, sizeof buffer, NULL) == CORSAC_INVALID_ARGUMENT);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_step_requested_headers(c.request, c.hops, 1, 0, 0, NULL, 8, &written), written);
    EXPECT(corsac_exposed_headers(c.request, c.hops, 1, 0, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_dropped_headers(c.request, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_step_headers(c.request, c.hops, 1, 0, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_step_passing_lines(c.request, c.hops, 1, 0, 0, 0, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_step_passing_lines(c.request, c.hops, 1, 0, 0, 2, on_text, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_needs_preflight_after(c.request, c.hops, 1, 0, NULL, 0) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_decode_console(literal("x"), NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(is_filled(place, sizeof(corsac_step)));
    EXPECT(IS_UNTOUCHED(buffer) && reported == 0);
}

static void requested_names_that_do_not_fit_are_not_written(void)
{
    corsac_script_request request = good_request();
    struct call c = good_call(&request);
    corsac_header names[] = { { literal("x-b"), literal("1") }, { literal("X-A"), literal("2") } };
    size_t written, capacity;
    request.headers = names;
    request.header_count = 2;
    for (capacity = 0; capacity < 7; capacity++) {
        uint8_t *room = keep(capacity);
        memset(room, 0x5A, capacity);
        REFUSES(CORSAC_STORAGE_TOO_SMALL,
            corsac_step_requested_headers(c.request, NULL, 0, 0, 0, room, capacity, &written), written);
        EXPECT(is_filled(room, capacity));
    }
    {
        uint8_t *room = keep(7);
        EXPECT(corsac_step_requested_headers(c.request, NULL, 0, 0, 0, room, 7, &written) == CORSAC_OK);
        EXPECT(written == 7 && memcmp(room, "x-a,x-b", 7) == 0);
    }
}

static void console_message_must_be_utf8(void)
{
    corsac_console_message console;
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_decode_console(nowhere, &console), console);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_decode_console(endless, &console), console);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_decode_console(literal("\xFF"), &console), console);
    EXPECT(corsac_decode_console(literal("noise"), &console) == CORSAC_OK && console.profile == CORSAC_PROFILE_NONE);
}

static void on_delivery(void *data, const corsac_delivery *delivery)
{
    (void)data;
    (void)delivery;
    reported++;
}

static void network_is_checked(void)
{
    corsac_script_request request = good_request();
    struct call c = good_call(&request);
    corsac_delivery_message message;
    corsac_network network, wrong;
    corsac_bytes address;
    char *place = misaligned();
    reported = 0;
    EXPECT(corsac_network_init(NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_network_init((corsac_network *)(void *)place) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_network_init(&network) == CORSAC_OK && network.size == sizeof network);
#define REFUSES_NETWORK(member, value)                                                                            \
    wrong = network;                                                                                              \
    wrong.member = value;                                                                                         \
    EXPECT(corsac_deliver(c.request, c.hops, 1, &wrong, 0, on_delivery, NULL) == CORSAC_INVALID_ARGUMENT)
    REFUSES_NETWORK(size, sizeof network - 1);
    REFUSES_NETWORK(page_space, 4);
    REFUSES_NETWORK(secure_context, 3);
    REFUSES_NETWORK(target_address_space, -1);
    REFUSES_NETWORK(permission, 4);
    REFUSES_NETWORK(address_count, 1);
#undef REFUSES_NETWORK
    address = nowhere;
    network.addresses = &address;
    network.address_count = 1;
    EXPECT(corsac_deliver(c.request, c.hops, 1, &network, 0, on_delivery, NULL) == CORSAC_INVALID_ARGUMENT);
    network.address_count = 0;
    EXPECT(corsac_deliver(c.request, c.hops, 1, NULL, 0, on_delivery, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_deliver(c.request, c.hops, 1, &network, 4, on_delivery, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_deliver(c.request, c.hops, 1, &network, 0, NULL, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_deliver(NULL, c.hops, 1, &network, 0, on_delivery, NULL) == CORSAC_INVALID_ARGUMENT);
    EXPECT(reported == 0);
    EXPECT(corsac_deliver(c.request, NULL, 0, &network, 0, on_delivery, NULL) == CORSAC_OK && reported == 1);
    reported = 0;
    EXPECT(corsac_decode_delivery(literal("x"), NULL) == CORSAC_INVALID_ARGUMENT);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_decode_delivery(nowhere, &message), message);
    REFUSES(CORSAC_INVALID_ARGUMENT, corsac_decode_delivery(literal("\xFF"), &message), message);
    EXPECT(corsac_decode_delivery(literal("noise"), &message) == CORSAC_OK && message.profile == CORSAC_PROFILE_NONE);
}

static void names_past_the_last_are_empty(void)
{
    EXPECT(corsac_verdict_name(CORSAC_VERDICT_THROWS + 1).len == 0 && corsac_verdict_name(-1).len == 0);
    EXPECT(corsac_preflight_name(CORSAC_PREFLIGHT_FAILED + 1).len == 0 && corsac_preflight_name(INT32_MIN).len == 0);
    EXPECT(corsac_blocked_name(0).len > 0 && corsac_blocked_name(10000).len == 0 && corsac_blocked_name(SIZE_MAX).len == 0);
    EXPECT(corsac_cause_name(0).len > 0 && corsac_cause_name(SIZE_MAX).len == 0);
    EXPECT(corsac_is_forbidden_header(nowhere, literal("")) == CORSAC_INVALID_ARGUMENT);
    EXPECT(corsac_is_safelisted_header(0, nowhere, literal("")) == CORSAC_INVALID_ARGUMENT);
}

const struct sentence explain_sentences[] = {
    SENTENCE(what_is_good_is_taken),
    SENTENCE(script_request_needs_memory_and_texts),
    SENTENCE(script_request_that_was_not_initialised_is_refused),
    SENTENCE(each_text_and_number_of_a_script_request_is_checked),
    SENTENCE(headers_of_a_script_request_are_checked),
    SENTENCE(hops_are_checked),
    SENTENCE(unknown_profile_is_refused),
    SENTENCE(step_of_another_hop_is_refused),
    SENTENCE(too_many_headers_or_hops_are_refused),
    SENTENCE(every_output_is_checked),
    SENTENCE(requested_names_that_do_not_fit_are_not_written),
    SENTENCE(console_message_must_be_utf8),
    SENTENCE(network_is_checked),
    SENTENCE(names_past_the_last_are_empty),
    END_OF_SENTENCES,
};
