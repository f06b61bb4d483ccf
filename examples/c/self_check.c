/*
 * A server checks itself when it starts: can its pages read its responses in
 * Chromium? The browser model knows what the browser would send, and what it
 * does with the responses of the policy. Nothing goes over the network.
 *
 *     make c-library
 *     cc -std=c99 -I include examples/c/self_check.c ffi/artifact/target/release/libcorsac.a -o self_check && ./self_check
 */
#include <stdio.h>
#include <string.h>

#include "corsac.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static corsac_bytes bytes(const char *text) {
    corsac_bytes bytes = {(const uint8_t *)text, strlen(text)};
    return bytes;
}

static void print(const char *before, corsac_bytes text) { printf("%s%.*s\n", before, (int)text.len, (const char *)text.ptr); }

static void on_finding(void *data, const corsac_finding *finding) {
    (void)data;
    print("policy: ", finding->message);
}

static void on_blocked(void *data, const corsac_blocked *blocked) {
    (void)data;
    print(blocked->in_preflight ? "    response to the preflight: " : "    response: ", blocked->sentence);
    print("    why: ", blocked->cause);
    print("    console: ", blocked->console);
}

/* The policy's part of a response; the application's own is a 200. */
static int respond(const corsac_policy *policy, const corsac_request *request, corsac_decision *decision, corsac_response *response) {
    int result = corsac_policy_evaluate(policy, request, decision);
    if (result == CORSAC_OK) {
        response->status = decision->status != 0 ? decision->status : 200;
        response->headers = decision->headers;
        response->header_count = decision->header_count;
    }
    return result;
}

/* 1: the script can read the response. */
static int check(const corsac_policy *policy, const corsac_script_request *script) {
    corsac_step step;
    corsac_request request;
    corsac_decision decisions[2];
    corsac_response preflight, response;
    corsac_hop hop = {{NULL, 0}, NULL, &response, NULL, 0};
    corsac_judgement judgement;
    uint8_t names[512]; /* What is longer is an error here. */
    size_t len;
    int wrong = corsac_step_at(script, NULL, 0, 0, CORSAC_PROFILE_CHROMIUM, &step);

    if (!wrong && step.needs_preflight) {
        wrong |= corsac_request_init(&request, bytes("OPTIONS"));
        wrong |= corsac_request_add_header(&request, bytes("Origin"), step.preflight_origin);
        wrong |= corsac_request_add_header(&request, bytes("Access-Control-Request-Method"), step.method);
        if (step.requested_header_count > 0) {
            corsac_bytes value = {names, step.requested_headers_len};
            wrong |= corsac_step_requested_headers(script, NULL, 0, 0, CORSAC_PROFILE_CHROMIUM, names, sizeof names, &len);
            wrong |= corsac_request_add_header(&request, bytes("Access-Control-Request-Headers"), value);
        }
        wrong |= respond(policy, &request, &decisions[0], &preflight);
        hop.preflight = &preflight;
    }
    if (!wrong) {
        wrong |= corsac_request_init(&request, step.method);
        if (step.origin.ptr != NULL)
            wrong |= corsac_request_add_header(&request, bytes("Origin"), step.origin);
        wrong |= respond(policy, &request, &decisions[1], &response);
    }
    print("", script->method);
    if (!wrong)
        wrong |= corsac_explain(script, &hop, 1, CORSAC_PROFILE_CHROMIUM, on_blocked, NULL, &judgement);
    print("    ", wrong ? bytes("cannot be judged") : corsac_verdict_name(judgement.verdict));
    return !wrong && judgement.verdict == CORSAC_VERDICT_ALLOWED;
}

int main(void) {
    static uint8_t storage[4096];
    corsac_bytes origins[] = {bytes("https://app.example.com")}, methods[] = {bytes("GET"), bytes("PUT")};
    corsac_bytes names[] = {bytes("content-type")};
    corsac_header json[] = {{bytes("Content-Type"), bytes("application/json")}};
    corsac_header trace[] = {{bytes("Content-Type"), bytes("application/json")}, {bytes("X-Trace"), bytes("1")}};
    struct { const char *method; corsac_header *headers; size_t count; } pages[] = {
        {"GET", NULL, 0}, {"PUT", json, COUNT(json)}, {"DELETE", NULL, 0}, {"PUT", trace, COUNT(trace)}};
    corsac_spec spec;
    corsac_policy policy;
    corsac_script_request script;
    size_t place, failed = 0;

    corsac_spec_init(&spec);
    spec.allow_origins.ptr = origins, spec.allow_origins.len = COUNT(origins);
    spec.allow_methods.ptr = methods, spec.allow_methods.len = COUNT(methods);
    spec.allow_headers.ptr = names, spec.allow_headers.len = COUNT(names);
    if (corsac_policy_compile(&spec, storage, sizeof storage, on_finding, NULL, &policy) != CORSAC_OK)
        return 2;
    for (place = 0; place < COUNT(pages); place++) {
        corsac_script_request_init(&script, bytes("https://app.example.com"), bytes("https://api.example.com/things/7"));
        script.method = bytes(pages[place].method);
        script.headers = pages[place].headers;
        script.header_count = pages[place].count;
        failed += !check(&policy, &script);
    }
    printf("%u of %u requests fail\n", (unsigned)failed, (unsigned)COUNT(pages));
    return failed > 0;
}
