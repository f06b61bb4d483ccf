/* A case with a decision: by the compiled policy or set, and by its image, opened at another, odd address. */
#include "case.h"

#include <string.h>

#include "fault.h"
#include "memory.h"
#include "subject.h"
#include "text.h"

/* What a case expects, read once. */
struct expected {
    int untouched;
    const char *class;
    int allowed;
    const char *denial; /* NULL: none */
    corsac_bytes denial_bytes;
    json_int_t status; /* 0: none */
    corsac_header *headers;
    size_t header_count;
};

static int read_expected(const json_t *value, struct expected *want)
{
    static const char *const members[] = { "class", "allowed", "denial", "status", "headers", NULL };
    static const char *const denial_members[] = { "code", "bytes", NULL };
    const json_t *denial = json_object_get(value, "denial"), *status = json_object_get(value, "status");
    memset(want, 0, sizeof *want);
    want->untouched = json_is_null(value);
    if (want->untouched)
        return 1;
    if (!has_only(value, members) || json_object_size(value) != 5)
        return fault("a decision has five members");
    want->class = json_string_value(json_object_get(value, "class"));
    want->allowed = json_is_true(json_object_get(value, "allowed"));
    want->status = json_integer_value(status);
    if (want->class == NULL || !json_is_boolean(json_object_get(value, "allowed"))
        || !(json_is_null(status) || want->status != 0))
        return fault("a decision has a class, a truth and a status");
    if (!json_is_null(denial)) {
        want->denial = json_string_value(json_object_get(denial, "code"));
        if (!has_only(denial, denial_members) || want->denial == NULL
            || !read_text(json_object_get(denial, "bytes"), &want->denial_bytes))
            return fault("a denial has a code and bytes");
    }
    return read_lines(json_object_get(value, "headers"), &want->headers, &want->header_count);
}

static int same_headers(const corsac_decision *got, const struct expected *want)
{
    size_t i;
    if (got->header_count != want->header_count)
        return fault("headers: got %lu, want %lu", (unsigned long)got->header_count, (unsigned long)want->header_count);
    for (i = 0; i < want->header_count; i++)
        if (!same_bytes("a header's name", got->headers[i].name, want->headers[i].name)
            || !same_bytes("a header's value", got->headers[i].value, want->headers[i].value))
            return 0;
    return 1;
}

/* A denial has one escaped line for the log; an allowed request has none. */
static int same_message(const corsac_decision *got)
{
    uint8_t message[CORSAC_MESSAGE_MAX];
    size_t i, len = 0;
    corsac_result result = corsac_denial_message(got, message, sizeof message, &len);
    if (result != CORSAC_OK || (len == 0) != (got->denial == CORSAC_ALLOWED))
        return fault("the denial's message: result %d, %lu bytes", (int)result, (unsigned long)len);
    for (i = 0; i < len; i++)
        if (message[i] < 0x20 || message[i] > 0x7E)
            return fault("the denial's message holds the byte 0x%02X", message[i]);
    return 1;
}

static int same(const corsac_decision *got, const struct expected *want)
{
    const char *denial = want->denial == NULL ? "allowed" : want->denial;
    if (!same_bytes("the class", corsac_class_name(got->request_class), literal(want->class)))
        return 0;
    if ((got->denial == CORSAC_ALLOWED) != want->allowed || (want->denial == NULL) != want->allowed)
        return fault("allowed: got denial %d, want %s", (int)got->denial, denial);
    if (want->denial != NULL && !same_bytes("the denial", corsac_denial_name(got->denial), literal(denial)))
        return 0;
    if (!same_bytes("the denial's bytes", got->denial_bytes, want->denial_bytes))
        return 0;
    if (got->status != want->status)
        return fault("the status: got %d, want %d", (int)got->status, (int)want->status);
    return same_headers(got, want) && same_message(got);
}

/* By a set, in one call and in two. */
static int decides(const corsac_policy_set *set, const corsac_request_path *path, const corsac_request *request,
    const struct expected *want)
{
    const corsac_result due = want->untouched ? CORSAC_UNTOUCHED : CORSAC_OK;
    corsac_decision *decision = keep(sizeof *decision);
    corsac_path_policies *policies = keep(sizeof *policies);
    corsac_result result = corsac_policy_set_evaluate(set, path, request, decision);
    if (result != due)
        return fault("corsac_policy_set_evaluate: result %d", (int)result);
    if (!want->untouched && !same(decision, want))
        return 0;
    result = corsac_policy_set_at(set, path, policies);
    if (result != due)
        return fault("corsac_policy_set_at: result %d", (int)result);
    return want->untouched
        || (corsac_path_policies_evaluate(policies, request, decision) == CORSAC_OK && same(decision, want));
}

/* An unknown path has the pointer NULL; an empty one has another. */
static int read_path(const json_t *value, corsac_bytes *path)
{
    path->ptr = NULL;
    path->len = 0;
    if (value != NULL && !read_text(value, path))
        return 0;
    if (value != NULL && path->len == 0)
        *path = literal("");
    return 1;
}

static int responds(const struct subject *subject, const json_t *ask, const struct expected *want)
{
    corsac_bytes method;
    corsac_header *lines;
    corsac_request_path path;
    size_t i, count;
    corsac_request *request = keep(sizeof *request);
    corsac_decision *decision = keep(sizeof *decision);
    if (!read_text(json_object_get(ask, "method"), &method) || !read_lines(json_object_get(ask, "headers"), &lines, &count)
        || !read_path(json_object_get(ask, "path"), &path.decoded) || !read_path(json_object_get(ask, "raw_path"), &path.raw))
        return 0;
    if (corsac_request_init(request, method) != CORSAC_OK)
        return fault("corsac_request_init");
    for (i = 0; i < count; i++)
        if (corsac_request_add_header(request, lines[i].name, lines[i].value) != CORSAC_OK)
            return fault("corsac_request_add_header, line %lu", (unsigned long)i);
    if (subject->is_set)
        return decides(&subject->set, &path, request, want);
    /* A single policy is a set of one, for every path. */
    path.decoded = literal("/any//path/../of%2fall");
    path.raw = path.decoded;
    if (!decides(&subject->set, &path, request, want))
        return 0;
    if (corsac_policy_evaluate(&subject->policy, request, decision) != CORSAC_OK)
        return fault("corsac_policy_evaluate");
    /* A decision points to the caller's bytes, never into the request struct. */
    memset(request, 0xAA, sizeof *request);
    return same(decision, want);
}

int run_decision(const json_t *value)
{
    static const char *const members[] = { "says", "spec", "request", "decision", NULL };
    static const char *const ask_members[] = { "method", "headers", "path", "raw_path", NULL };
    const json_t *ask = json_object_get(value, "request");
    struct expected want;
    struct subject subject, again;
    corsac_result result;
    if (!has_only(value, members) || !has_only(ask, ask_members) || !read_subject(json_object_get(value, "spec"), &subject)
        || !read_expected(json_object_get(value, "decision"), &want))
        return 0;
    if (subject.is_set != (json_object_size(ask) > 2))
        return fault("a set has a path, and a policy has none");
    result = compile_subject(&subject, NULL, NULL);
    if (result != CORSAC_OK)
        return fault("does not compile: %s", shown(corsac_result_text(result)));
    if (!responds(&subject, ask, &want))
        return 0;
    result = open_subject(&again, &subject);
    if (result != CORSAC_OK)
        return fault("does not open: %s", shown(corsac_result_text(result)));
    memset((uint8_t *)subject.set.image, 0, subject.set.len);
    return responds(&again, ask, &want);
}
