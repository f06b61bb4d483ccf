/* A case with findings: all of them, in any order, and whether the spec compiles. */
#include "case.h"

#include <string.h>

#include "fault.h"
#include "memory.h"
#include "subject.h"
#include "text.h"

enum { FOUND_MAX = 512 };

/* A copy of a finding that the callback received. */
struct found {
    corsac_finding items[FOUND_MAX];
    size_t count;
    const struct subject *subject;
    int is_wrong;
};

static corsac_bytes copied(corsac_bytes bytes)
{
    if (bytes.ptr != NULL)
        bytes.ptr = memcpy(keep(bytes.len), bytes.ptr, bytes.len);
    return bytes;
}

static const corsac_list *list_of(const corsac_spec *spec, corsac_bytes field)
{
    const struct {
        const char *name;
        const corsac_list *list;
    } lists[] = {
        { "allow_origins", &spec->allow_origins },
        { "allow_methods", &spec->allow_methods },
        { "allow_headers", &spec->allow_headers },
        { "expose_headers", &spec->expose_headers },
        { "dangerously_allow_public_suffixes", &spec->dangerously_allow_public_suffixes },
    };
    size_t i;
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strlen(lists[i].name) == field.len && memcmp(lists[i].name, field.ptr, field.len) == 0)
            return lists[i].list;
    return NULL;
}

/* What must be true for every finding. */
static int is_sound(const struct subject *subject, const corsac_finding *it)
{
    const size_t table = it->table == CORSAC_NO_TABLE ? 0 : it->table;
    const corsac_list *list;
    size_t i;
    if (it->table != CORSAC_NO_TABLE && (!subject->is_set || it->table >= subject->count))
        return fault("a finding about a table that is not there, %s", shown(it->code));
    list = table < subject->count && (!subject->is_set || !subject->tables[table].untouched)
        ? list_of(&subject->specs[table], it->field) : NULL;
    if (it->at_start > it->at_end || it->at_end > it->text.len)
        return fault("a finding about bytes %lu to %lu of %s", (unsigned long)it->at_start, (unsigned long)it->at_end,
            shown(it->text));
    if (it->index != CORSAC_NO_INDEX) {
        if (list == NULL || it->index >= list->len)
            return fault("a finding about an entry that is not there, %s", shown(it->field));
        if (!same_bytes("a finding's text", it->text, list->ptr[it->index]))
            return 0;
    }
    if (it->message.len == 0 || it->message.len > CORSAC_MESSAGE_MAX || (it->replacement.ptr != NULL && it->suggestion.len == 0))
        return fault("a finding without its words, %s", shown(it->code));
    for (i = 0; i < it->message.len; i++)
        if (it->message.ptr[i] < 0x20 || it->message.ptr[i] > 0x7E)
            return fault("a finding's message holds the byte 0x%02X", it->message.ptr[i]);
    return 1;
}

static void take(void *data, const corsac_finding *finding)
{
    struct found *found = data;
    corsac_finding *copy = &found->items[found->count];
    if (found->count == FOUND_MAX || !is_sound(found->subject, finding)) {
        found->is_wrong = 1;
        return;
    }
    *copy = *finding;
    copy->code = copied(finding->code);
    copy->field = copied(finding->field);
    copy->related = copied(finding->related);
    copy->replacement = copied(finding->replacement);
    found->count++;
}

static int is_text(corsac_bytes got, const json_t *want)
{
    corsac_bytes text;
    return read_text(want, &text) && same_bytes("", got, text);
}

static int is_wanted(const corsac_finding *got, const json_t *want)
{
    const json_t *index = json_object_get(want, "index"), *at = json_object_get(want, "at");
    const json_t *suggestion = json_object_get(want, "suggestion"), *related = json_object_get(want, "related");
    const char *severity = got->severity == CORSAC_ERROR ? "error" : got->severity == CORSAC_WARNING ? "warning" : "";
    const json_t *table = json_object_get(want, "table");
    size_t number = json_is_null(index) ? CORSAC_NO_INDEX : (size_t)json_integer_value(index);
    size_t table_number = json_is_integer(table) ? (size_t)json_integer_value(table) : CORSAC_NO_TABLE;
    if (!is_text(literal(severity), json_object_get(want, "severity")) || !is_text(got->code, json_object_get(want, "code"))
        || !is_text(got->field, json_object_get(want, "field")) || got->index != number
        || got->table != table_number)
        return 0;
    if (suggestion != NULL && (got->replacement.ptr == NULL) != json_is_null(suggestion))
        return 0;
    if (json_is_string(suggestion) && !is_text(got->replacement, suggestion))
        return 0;
    if (at != NULL
        && ((json_int_t)got->at_start != json_integer_value(json_array_get(at, 0))
            || (json_int_t)got->at_end != json_integer_value(json_array_get(at, 1))))
        return 0;
    return related == NULL || (got->related.ptr != NULL && is_text(got->related, related));
}

/* Each expected finding is there once. No case expects two of the same code about the same entry. */
static int compare(const struct found *found, const json_t *wanted)
{
    static const char *const members[] = { "severity", "code", "table", "field", "index", "suggestion", "at", "related", NULL };
    size_t i, j;
    for (i = 0; i < json_array_size(wanted); i++) {
        const json_t *want = json_array_get(wanted, i);
        if (!has_only(want, members))
            return 0;
        for (j = 0; j < found->count && !is_wanted(&found->items[j], want); j++)
            ;
        if (j == found->count)
            return fault("not found: %s of %s, number %lu", json_string_value(json_object_get(want, "code")),
                json_string_value(json_object_get(want, "field")), (unsigned long)i);
    }
    if (found->count != json_array_size(wanted))
        return fault("%lu findings, not %lu", (unsigned long)found->count, (unsigned long)json_array_size(wanted));
    return 1;
}

/* Whether the library has the public suffix list, which an image of it shows. */
static int knows_suffixes(void)
{
    size_t size = 0;
    corsac_bytes any = { (const uint8_t *)"*", 1 };
    corsac_spec spec;
    corsac_policy policy;
    corsac_spec_init(&spec);
    spec.allow_origins.ptr = &any;
    spec.allow_origins.len = 1;
    return corsac_policy_size(&spec, &size) == CORSAC_OK
        && corsac_policy_compile(&spec, keep(size), size, NULL, NULL, &policy) == CORSAC_OK
        && corsac_policy_is_public_suffix_checked(&policy) == 1;
}

static int wants(const json_t *wanted, const char *member, const char *text)
{
    size_t i;
    for (i = 0; i < json_array_size(wanted); i++) {
        const char *value = json_string_value(json_object_get(json_array_get(wanted, i), member));
        if (value != NULL && strcmp(value, text) == 0)
            return 1;
    }
    return 0;
}

int run_findings(const json_t *value, int *skipped)
{
    static const char *const members[] = { "says", "spec", "findings", NULL };
    const json_t *wanted = json_object_get(value, "findings");
    struct found *found = keep(sizeof *found);
    struct subject subject;
    corsac_result result, due;
    if (!has_only(value, members) || !json_is_array(wanted) || !read_subject(json_object_get(value, "spec"), &subject))
        return 0;
    *skipped = wants(wanted, "code", "public-suffix") && !knows_suffixes();
    if (*skipped)
        return 1;
    found->count = 0;
    found->subject = &subject;
    found->is_wrong = 0;
    result = compile_subject(&subject, take, found);
    if (found->is_wrong)
        return 0;
    due = wants(wanted, "severity", "error") ? CORSAC_FINDINGS : CORSAC_OK;
    if (result != due)
        return fault("compiling: result %d, not %d", (int)result, (int)due);
    return compare(found, wanted);
}
