/*
 * cost KIND LINES: judges an exchange with so many header lines, in every profile. `library.rs` counts what that takes.
 * The kinds: headers that are refused or allowed, headers of one name, headers in mode `no-cors`, exposed headers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "corsac.h"

#define MOST 256

static char texts[MOST][16];
static char list[MOST * 16];
static corsac_header headers[MOST], lines[MOST];
static size_t count;

static corsac_bytes literal(const char *text)
{
    corsac_bytes bytes;
    bytes.ptr = (const uint8_t *)text;
    bytes.len = strlen(text);
    return bytes;
}

static corsac_header header(const char *name, const char *value)
{
    corsac_header made;
    made.name = literal(name);
    made.value = literal(value);
    return made;
}

static void seen(void *data, corsac_bytes name)
{
    (void)name;
    ++*(size_t *)data;
}

int main(int argc, char **argv)
{
    const char *kind = argc > 2 ? argv[1] : "";
    size_t lines_wanted = argc > 2 ? (size_t)atoi(argv[2]) : 0, exposed = 0, i;
    const int is_allowed = strcmp(kind, "allowed") == 0, is_exposed = strcmp(kind, "exposed") == 0;
    const int is_no_cors = strcmp(kind, "no-cors") == 0, is_one = strcmp(kind, "one") == 0 || is_no_cors;
    int32_t profile;
    corsac_header response_headers[3];
    corsac_response preflight, response;
    corsac_hop hop;
    corsac_script_request request;
    if (lines_wanted > MOST)
        return 1;
    for (i = 0; i < lines_wanted; i++) {
        sprintf(texts[i], "x-%u", (unsigned)(i * 7919 % lines_wanted));
        strcat(strcat(list, i == 0 ? "" : ","), texts[i]);
        headers[i] = header(is_one ? "Accept" : texts[i], is_one ? "" : "1");
        lines[i] = headers[i];
    }
    count = lines_wanted;
    response_headers[0] = header("Access-Control-Allow-Origin", "*");
    response_headers[1] = header("Access-Control-Allow-Headers", is_allowed ? list : "x");
    response_headers[2] = header("Access-Control-Expose-Headers", list);
    if (is_exposed && count > 2) {
        lines[0] = response_headers[0];
        lines[1] = response_headers[2];
    }
    preflight.status = response.status = 200;
    preflight.headers = response_headers;
    preflight.header_count = 2;
    response.headers = is_exposed ? lines : response_headers;
    response.header_count = is_exposed ? count : 1;
    memset(&hop, 0, sizeof hop);
    hop.preflight = &preflight;
    hop.response = &response;
    corsac_script_request_init(&request, literal("https://app.example"), literal("https://api.example/x"));
    request.headers = headers;
    request.header_count = is_exposed ? 0 : count;
    request.mode = is_no_cors ? CORSAC_MODE_NO_CORS : CORSAC_MODE_CORS;
    for (profile = CORSAC_PROFILE_SPEC; profile <= CORSAC_PROFILE_WEBKIT; profile++) {
        corsac_judgement judgement;
        corsac_step step;
        if (corsac_explain(&request, &hop, 1, profile, NULL, NULL, &judgement) != CORSAC_OK
            || corsac_step_at(&request, &hop, 1, 0, profile, &step) != CORSAC_OK
            || corsac_needs_preflight_after(&request, &hop, 1, profile, &request, 1) < 0
            || corsac_exposed_headers(&request, &hop, 1, profile, seen, &exposed) != CORSAC_OK)
            return 1;
    }
    return is_exposed && exposed == 0;
}
