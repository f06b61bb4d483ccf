/*
 * Random exchanges, the same in every run, and everything that the browser model reports about them. Every reason for which a browser refuses
 * occurs, except those that only console messages have. `exchanges deep`: the callback takes 16 kB of stack itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "memory.h"
#include "reported.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define OF(list) ((list)[pick(COUNT(list))])

enum { EXCHANGES = 500, REASONS = 64, HOPS = 3, HEADERS = 4, LINES = 16, DEEP = 16 * 1024 };

static const char *const only_in_consoles[] = {
    "network-error", "local-network-denied", "local-network-not-secure", "local-network-space-mismatch"
};
static int is_deep, seen[REASONS];
static uint8_t message[CORSAC_CONSOLE_MAX];
static size_t message_len;

static size_t pick(size_t count)
{
    static uint64_t state = 5;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % count;
}

static unsigned char be_deep(void)
{
    volatile unsigned char room[DEEP];
    size_t i;
    for (i = 0; i < DEEP; i++)
        room[i] = 0;
    return room[0];
}

static unsigned char (*const volatile deeply)(void) = be_deep;

static void on_blocked(void *data, const corsac_blocked *blocked)
{
    size_t place;
    (void)data;
    for (place = 0; place < REASONS; place++) {
        corsac_bytes name = corsac_blocked_name(place);
        seen[place] |= name.len == blocked->code.len && memcmp(name.ptr, blocked->code.ptr, name.len) == 0;
    }
    if (is_deep)
        deeply();
    memcpy(message, blocked->console.ptr, blocked->console.len);
    message_len = blocked->console.len;
    reported++;
}

static corsac_header header(const char *name, const char *value)
{
    corsac_header header = { literal(name), { NULL, 0 } };
    if (value != NULL)
        header.value = literal(value);
    return header;
}

static corsac_script_request made_script(corsac_header *headers)
{
    static const char *const origins[] = { "https://app.example", "null", "http://localhost:3000" };
    static const char *const urls[] = { "https://api.example/x", "https://api.example/x", "https://app.example/y", "http://u:p@api.example/",
        "data:text/plain,x", "ftp://api.example/x" };
    static const char *const methods[] = { "GET", "POST", "put", "PUT", "patch", "HEAD", "TRACE", "a b" };
    static const char *const policies[] = { "", "no-referrer", "same-origin", "unsafe-url" };
    static const char *const lines[][2] = { { "Authorization", NULL }, { "X-Trace", "1" }, { "x-trace", "" }, { "Cookie", "a=1" },
        { "Content-Type", "application/json" }, { "Content-Type", "text/plain" }, { "Range", "bytes=0-9" }, { "Available-Dictionary", "1" }, { "No Token", "1" },
        { "X-Trace", "a\nb" } };
    const corsac_bytes origin = literal(OF(origins)), url = literal(OF(urls));
    corsac_script_request request;
    corsac_script_request_init(&request, origin, url);
    request.method = literal(OF(methods));
    request.referrer_policy = literal(OF(policies));
    request.credentials = (int32_t)pick(3);
    request.mode = pick(3) > 0 ? CORSAC_MODE_CORS : (int32_t)pick(3);
    request.upload_listener = pick(3) == 0;
    request.stream_body = pick(4) == 0;
    request.api = pick(2) == 0 ? CORSAC_API_FETCH : CORSAC_API_XHR;
    request.http_version = pick(2) == 0 ? CORSAC_HTTP_1 : CORSAC_HTTP_2;
    request.headers = headers;
    for (request.header_count = 0; request.header_count < pick(HEADERS); request.header_count++) {
        const char *const *line = lines[pick(pick(4) == 0 ? COUNT(lines) : COUNT(lines) - 2)];
        headers[request.header_count] = header(line[0], line[1]);
    }
    return request;
}

static const corsac_response *made_response(const int *statuses, size_t count)
{
    static const struct {
        const char *name, *values[8];
    } lines[] = {
        { "Access-Control-Allow-Origin", { "*", "https://app.example", "https://app.example", "null", "https://app.example/", "a, b",
            "app.example", "\007\351" } },
        { "access-control-allow-credentials", { "true", "true", "true", "true", "True", "", "true", "true" } },
        { "Access-Control-Allow-Methods", { "*", "PUT, PATCH", "put", "a b", "\"PUT\"", "PUT", "PATCH", "*" } },
        { "Access-Control-Allow-Headers", { "*", "x-trace,authorization,content-type", "x-trace", "a;b", "*", "range", "x-trace", "" } },
        { "Access-Control-Expose-Headers", { "*", "ETag", "a b", "*", "ETag", "", "etag", "*" } },
        { "Access-Control-Max-Age", { "600", "x", "-1", "999999", "0", "5", "600", "600" } },
        { "ETag", { "1", "1", "1", "1", "1", "1", "1", "1" } },
        { "Location", { "/", "https://api.example/", "/x\r\n", "/", "/", "/", "/", "/" } },
    };
    static const size_t times[] = { 0, 1, 1, 1, 1, 2 };
    corsac_response *response = keep(sizeof *response);
    corsac_header *headers = keep(LINES * sizeof *headers);
    size_t i, again;
    response->status = statuses[pick(count)];
    response->headers = headers;
    response->header_count = 0;
    for (i = 0; i < COUNT(lines); i++) {
        for (again = OF(times); again > 0; again--)
            headers[response->header_count++] = header(lines[i].name, OF(lines[i].values));
    }
    return pick(4) == 0 ? NULL : response;
}

static size_t made_hops(corsac_hop *hops)
{
    static const char *const urls[] = { "https://api.example/z", "https://app.example/", "https://u:p@api.example/", "ftp://a.example/", "" };
    static const int preflights[] = { 204, 204, 200, 403, 307 }, last[] = { 200, 404, 500, 407, 7 }, redirects[] = { 301, 303, 307 };
    const size_t count = 1 + (pick(2) == 0 ? pick(HOPS) : 0);
    size_t i;
    memset(hops, 0, HOPS * sizeof *hops);
    for (i = 0; i < count; i++) {
        hops[i].url = literal(OF(urls));
        hops[i].preflight = made_response(preflights, COUNT(preflights));
        hops[i].response = i + 1 < count ? made_response(redirects, COUNT(redirects)) : made_response(last, COUNT(last));
    }
    return count;
}

static void on_delivery(void *data, const corsac_delivery *delivery)
{
    (void)data;
    if (delivery->size != sizeof *delivery || delivery->verdict < CORSAC_DELIVERY_OK || delivery->verdict > CORSAC_DELIVERY_REFUSED)
        abort();
}

/* Whether the request leaves the browser, with each network in turn. It picks nothing, so that the exchanges stay what they were. */
static int delivered(const corsac_script_request *request, const corsac_hop *hops, size_t count, int32_t profile)
{
    static const char *const made[] = { "10.0.0.1", "::1", "", "93.184.216.34", "\377" };
    static uint32_t turn;
    corsac_bytes addresses[HOPS];
    corsac_network network;
    size_t i;
    turn++;
    if (corsac_network_init(&network) != CORSAC_OK)
        return 0;
    for (i = 0; i < HOPS; i++)
        addresses[i] = literal(made[(turn + i) % COUNT(made)]);
    network.addresses = addresses;
    network.address_count = HOPS;
    network.page_space = (int32_t)(turn % 4);
    network.secure_context = (int32_t)(turn / 4 % 3);
    network.target_address_space = (int32_t)(turn / 12 % 4);
    network.permission = (int32_t)(turn / 48 % 4);
    return corsac_deliver(request, hops, count, &network, profile, on_delivery, NULL) == CORSAC_OK;
}

/* Calls every function in one profile, and decodes the console message of the last reason. 1: all of them succeeded. */
static int asked(const corsac_script_request *request, const corsac_hop *hops, size_t count, int32_t profile)
{
    static uint8_t names[1 << 16];
    const corsac_bytes said = { message, message_len };
    size_t hop, written;
    corsac_judgement judgement;
    corsac_console_message console;
    corsac_delivery_message delivery;
    corsac_step step;
    int wrong = 0;
    wrong |= corsac_decode_delivery(said, &delivery);
    wrong |= !delivered(request, hops, count, profile);
    wrong |= corsac_decode_console(said, &console);
    wrong |= corsac_explain(request, hops, count, profile, on_blocked, NULL, &judgement);
    wrong |= corsac_exposed_headers(request, hops, count, profile, on_text, NULL);
    wrong |= corsac_dropped_headers(request, on_header, NULL);
    wrong |= corsac_needs_preflight_after(request, hops, count, profile, request, 1000) < 0;
    for (hop = 0; hop < count; hop++) {
        wrong |= corsac_step_at(request, hops, count, hop, profile, &step);
        wrong |= corsac_step_requested_headers(request, hops, count, hop, profile, names, sizeof names, &written);
        wrong |= corsac_step_headers(request, hops, count, hop, on_header, NULL);
        wrong |= corsac_step_passing_lines(request, hops, count, hop, profile, 0, on_text, NULL);
        wrong |= corsac_step_passing_lines(request, hops, count, hop, profile, 1, on_text, NULL);
    }
    return !wrong;
}

/* The maximum number of headers, and of hops. */
static int asked_at_the_limits(void)
{
    static corsac_header lines[CORSAC_EXPLAIN_LINES_MAX];
    corsac_response redirect = { 302, lines, 1 }, response = { 200, lines, 0 };
    corsac_hop hops[CORSAC_EXPLAIN_HOPS_MAX];
    corsac_script_request request;
    size_t i;
    int is_right = 1;
    memset(hops, 0, sizeof hops);
    lines[0] = header("Access-Control-Allow-Origin", "*");
    for (i = 1; i < COUNT(lines); i++)
        lines[i] = header("X-Trace", "1");
    for (i = 0; i < COUNT(hops); i++) {
        hops[i].url = literal("https://api.example/");
        hops[i].response = &redirect;
    }
    corsac_script_request_init(&request, literal("https://app.example"), literal("https://api.example/"));
    is_right &= asked(&request, hops, COUNT(hops), CORSAC_PROFILE_CHROMIUM);
    hops[0].response = hops[0].preflight = &response;
    response.header_count = COUNT(lines) / 2;
    is_right &= asked(&request, hops, 1, CORSAC_PROFILE_CHROMIUM);
    response.header_count = 0;
    request.headers = lines;
    request.header_count = COUNT(lines);
    return is_right & asked(&request, hops, 1, CORSAC_PROFILE_CHROMIUM);
}

/* Whether every reason occurred. */
static int all_are_seen(void)
{
    size_t place, i;
    int is_right = 1;
    for (place = 0; corsac_blocked_name(place).len > 0; place++) {
        corsac_bytes name = corsac_blocked_name(place);
        int is_needed = 1;
        for (i = 0; i < COUNT(only_in_consoles); i++)
            is_needed &= !(name.len == strlen(only_in_consoles[i]) && memcmp(name.ptr, only_in_consoles[i], name.len) == 0);
        if (place >= REASONS || (is_needed && !seen[place])) {
            printf("no exchange has %.*s\n", (int)name.len, (const char *)name.ptr);
            is_right = 0;
        }
    }
    return is_right;
}

/* The policy file that needs the most stack: a set with unknown options, wrong entries, suggestions, and origins that cover each other. */
static int is_parsed(void)
{
    const corsac_bytes text = literal("[[policy]]\nallow_origin = 1\nallow_origins = ['https://*.a.example', 'https://b.a.example', 'https://a.example:443/']\n"
        "allow_credentials = 'x'\n[[policy]]\npath = '/x/'\nallow_origins = ['*', 'http://10.0.0.1/8', 'https://*.github.io']\n");
    corsac_parse_sizes sizes = { 0, 0 };
    corsac_policy_set set;
    corsac_result result;
    int calls = 0;
    do {
        uint8_t *scratch = keep(sizes.scratch), *storage = keep(sizes.storage);
        result = corsac_policy_set_parse(text, scratch, sizes.scratch, storage, sizes.storage, NULL, NULL, &sizes, &set);
    } while (result == CORSAC_STORAGE_TOO_SMALL && ++calls < 3);
    let_go();
    return result == CORSAC_FINDINGS;
}

int main(int count, char **arguments)
{
    unsigned long failed = 0, i;
    is_deep = count > 1 && strcmp(arguments[1], "deep") == 0;
    for (i = 0; i < EXCHANGES; i++) {
        corsac_header headers[HEADERS];
        corsac_hop hops[HOPS];
        const corsac_script_request request = made_script(headers);
        const size_t hop_count = made_hops(hops);
        int32_t profile;
        for (profile = CORSAC_PROFILE_SPEC; profile <= CORSAC_PROFILE_WEBKIT; profile++)
            failed += !asked(&request, hops, hop_count, profile);
        let_go();
    }
    failed += !asked_at_the_limits() + !all_are_seen() + !is_parsed();
    printf("%lu exchanges, %lu reported, %lu failed\n", i, reported, failed);
    return failed > 0;
}
