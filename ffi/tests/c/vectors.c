/* vectors FILE...: checks every case of these files, and that a wrong expectation fails. */
#include <stdio.h>
#include <string.h>

#include "case.h"
#include "fault.h"
#include "memory.h"

/* If there are fewer cases of a kind, the files are not the right ones. */
enum { DECISIONS_MIN = 850, FINDINGS_MIN = 400 };

static struct {
    unsigned long decisions, findings, skipped, failed, wrong;
} counts;

static int run(const json_t *value, int *skipped)
{
    int is_right;
    *skipped = 0;
    is_right = json_object_get(value, "findings") != NULL ? run_findings(value, skipped) : run_decision(value);
    let_go();
    return is_right;
}

static void run_file(const char *path, const json_t *cases)
{
    size_t i;
    for (i = 0; i < json_array_size(cases); i++) {
        const json_t *value = json_array_get(cases, i);
        int skipped;
        if (!run(value, &skipped)) {
            const char *says = json_string_value(json_object_get(value, "says"));
            printf("%s: %s: %s\n", path, says == NULL ? "?" : says, reason());
            counts.failed++;
        }
        counts.skipped += (unsigned long)skipped;
        *(json_object_get(value, "findings") != NULL ? &counts.findings : &counts.decisions) += 1;
    }
}

/* Sets one member, at a path such as "decision.denial.code". */
static void set(json_t *value, const char *path, json_t *to)
{
    char name[32];
    const char *dot;
    while ((dot = strchr(path, '.')) != NULL) {
        snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
        value = json_is_array(value) ? json_array_get(value, 0) : json_object_get(value, name);
        path = dot + 1;
    }
    json_object_set_new(value, path, to);
}

/* The case with one member changed must fail; `to` is JSON. */
static void must_fail(const json_t *good, const char *path, const char *to)
{
    json_t *wrong = json_deep_copy(good);
    int skipped;
    set(wrong, path, json_loads(to, JSON_DECODE_ANY, NULL));
    if (run(wrong, &skipped)) {
        printf("%s: %s was not compared\n", path, to);
        counts.failed++;
    }
    counts.wrong++;
    json_decref(wrong);
}

static const char GOOD_DECISION[] =
    "{\"says\":\"\",\"spec\":{\"allow_origins\":[\"https://a.example\"],\"allow_credentials\":true},"
    "\"request\":{\"method\":\"OPTIONS\",\"headers\":[[\"Origin\",\"https://b.example\"],"
    "[\"Access-Control-Request-Method\",\"PUT\"]]},"
    "\"decision\":{\"class\":\"preflight\",\"allowed\":false,\"denial\":{\"code\":\"origin-not-allowed\","
    "\"bytes\":\"https://b.example\"},\"status\":403,\"headers\":[[\"Vary\","
    "\"Origin, Access-Control-Request-Method, Access-Control-Request-Headers\"]]}}";

static const char GOOD_FINDING[] =
    "{\"says\":\"\",\"spec\":{\"allow_origins\":[\"https://A.example\"]},\"findings\":[{\"severity\":\"error\","
    "\"code\":\"upper-case\",\"field\":\"allow_origins\",\"index\":0,\"at\":[8,9],\"suggestion\":\"https://a.example\"}]}";

static const char GOOD_RELATED[] =
    "{\"says\":\"\",\"spec\":{\"allow_origins\":[\"https://a.b.example\",\"https://*.b.example\"]},\"findings\":[{"
    "\"severity\":\"warning\",\"code\":\"redundant\",\"field\":\"allow_origins\",\"index\":0,\"related\":\"https://*.b.example\"}]}";

static const char GOOD_SET[] =
    "{\"says\":\"\",\"spec\":{\"policy\":[{\"path\":\"/a\",\"allow_origins\":[\"https://a.example\"]},"
    "{\"allow_origins\":[\"https://b.example\"]},{\"path\":\"/c\",\"cors\":false}]},"
    "\"request\":{\"method\":\"GET\",\"headers\":[[\"Origin\",\"https://a.example\"]],\"path\":\"/a/b\"},"
    "\"decision\":{\"class\":\"actual\",\"allowed\":true,\"denial\":null,\"status\":null,"
    "\"headers\":[[\"Access-Control-Allow-Origin\",\"https://a.example\"],[\"Vary\",\"Origin\"]]}}";

static const char GOOD_TABLE[] =
    "{\"says\":\"\",\"spec\":{\"policy\":[{\"allow_origins\":[\"*\"]},{\"path\":\"a\",\"allow_origins\":[\"*\"]}]},"
    "\"findings\":[{\"severity\":\"error\",\"code\":\"invalid-path\",\"table\":1,\"field\":\"path\",\"index\":null,"
    "\"suggestion\":\"/a\"}]}";

/* Changes each member of a right expectation once, to show that the test can fail. */
static void a_wrong_expectation_is_noticed(void)
{
    static const struct {
        const char *good, *path, *to;
    } changes[] = {
        { GOOD_DECISION, "decision.class", "\"plain\"" },
        { GOOD_DECISION, "decision.allowed", "true" },
        { GOOD_DECISION, "decision.denial.code", "\"too-large\"" },
        { GOOD_DECISION, "decision.denial.bytes", "\"https://b.exampl\"" },
        { GOOD_DECISION, "decision.denial", "null" },
        { GOOD_DECISION, "decision.status", "204" },
        { GOOD_DECISION, "decision.status", "null" },
        { GOOD_DECISION, "decision.headers", "[]" },
        { GOOD_DECISION, "decision.headers", "[[\"Vary\",\"Origin\"]]" },
        { GOOD_DECISION, "decision.surplus", "1" },
        { GOOD_DECISION, "request.surplus", "1" },
        { GOOD_DECISION, "spec.surplus", "1" },
        { GOOD_DECISION, "surplus", "1" },
        { GOOD_DECISION, "spec.allow_origins", "[\"https://\\u0100.example\"]" },
        { GOOD_DECISION, "spec.allow_origins", "[\"https://b.example\"]" },
        { GOOD_FINDING, "findings.x.severity", "\"warning\"" },
        { GOOD_FINDING, "findings.x.code", "\"path\"" },
        { GOOD_FINDING, "findings.x.field", "\"allow_methods\"" },
        { GOOD_FINDING, "findings.x.index", "1" },
        { GOOD_FINDING, "findings.x.index", "null" },
        { GOOD_FINDING, "findings.x.at", "[8,10]" },
        { GOOD_FINDING, "findings.x.at", "[7,9]" },
        { GOOD_FINDING, "findings.x.suggestion", "\"https://A.example\"" },
        { GOOD_FINDING, "findings.x.suggestion", "null" },
        { GOOD_FINDING, "findings.x.related", "\"https://a.example\"" },
        { GOOD_FINDING, "findings.x.surplus", "1" },
        { GOOD_FINDING, "findings", "[]" },
        { GOOD_FINDING, "spec.max_age", "-1" },
        { GOOD_RELATED, "findings.x.related", "\"https://*.example\"" },
        { GOOD_RELATED, "findings.x.severity", "\"error\"" },
        { GOOD_SET, "request.path", "\"/x\"" },
        { GOOD_SET, "request.path", "\"/c/d\"" },
        { GOOD_SET, "request.raw_path", "\"/a%2Fb\"" },
        { GOOD_SET, "decision", "null" },
        { GOOD_SET, "spec.policy.x.path", "\"/a/b/c\"" },
        { GOOD_SET, "spec.policy.x.surplus", "1" },
        { GOOD_SET, "spec.policy.x.cors", "false" },
        { GOOD_TABLE, "findings.x.table", "0" },
        { GOOD_TABLE, "findings.x.table", "null" },
        { GOOD_TABLE, "findings.x.field", "\"cors\"" },
        { GOOD_TABLE, "findings.x.suggestion", "\"/b\"" },
    };
    static const char *const goods[] = { GOOD_DECISION, GOOD_FINDING, GOOD_RELATED, GOOD_SET, GOOD_TABLE };
    size_t i;
    for (i = 0; i < sizeof goods / sizeof *goods; i++) {
        json_t *good = json_loads(goods[i], 0, NULL);
        int skipped;
        if (good == NULL || !run(good, &skipped)) {
            printf("a right expectation fails: %s\n", reason());
            counts.failed++;
        }
        json_decref(good);
    }
    for (i = 0; i < sizeof changes / sizeof *changes; i++) {
        json_t *good = json_loads(changes[i].good, 0, NULL);
        must_fail(good, changes[i].path, changes[i].to);
        json_decref(good);
    }
}

int main(int count, char **paths)
{
    int i;
    for (i = 1; i < count; i++) {
        json_error_t error;
        json_t *cases = json_load_file(paths[i], JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
        if (cases == NULL) {
            fprintf(stderr, "%s:%d: %s\n", paths[i], error.line, error.text);
            return 2;
        }
        run_file(paths[i], cases);
        json_decref(cases);
    }
    a_wrong_expectation_is_noticed();
    printf("%lu decisions, %lu findings, %lu of them skipped; %lu wrong expectations; %lu failed\n", counts.decisions,
        counts.findings, counts.skipped, counts.wrong, counts.failed);
    return counts.failed > 0 || counts.decisions < DECISIONS_MIN || counts.findings < FINDINGS_MIN;
}
