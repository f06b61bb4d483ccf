/* A spec and a request's lines, as a case writes them; what is not known is refused, so that no member goes unread. */
#include "case.h"

#include <string.h>

#include "fault.h"
#include "memory.h"
#include "text.h"

int has_only(const json_t *object, const char *const names[])
{
    void *at;
    if (!json_is_object(object))
        return fault("no object");
    for (at = json_object_iter((json_t *)object); at != NULL; at = json_object_iter_next((json_t *)object, at)) {
        const char *name = json_object_iter_key(at);
        const char *const *known = names;
        while (*known != NULL && strcmp(*known, name) != 0)
            known++;
        if (*known == NULL)
            return fault("unknown member %s", name);
    }
    return 1;
}

static int read_list(const json_t *value, void *to)
{
    corsac_list *list = to;
    size_t i, len = json_array_size(value);
    /* Without an entry, too, it points somewhere: a NULL list of methods has another meaning. */
    corsac_bytes *entries = keep(len * sizeof *entries);
    if (!json_is_array(value))
        return fault("no list");
    for (i = 0; i < len; i++)
        if (!read_text(json_array_get(value, i), &entries[i]))
            return 0;
    list->ptr = entries;
    list->len = len;
    return 1;
}

static int read_number(const json_t *value, void *to)
{
    int64_t *number = to;
    *number = json_integer_value(value);
    return json_is_integer(value) || fault("no number");
}

static int read_truth(const json_t *value, void *to)
{
    uint8_t *truth = to;
    *truth = json_is_true(value);
    return json_is_boolean(value) || fault("neither true nor false");
}

/* true, false, or a list. */
static int read_suffixes(const json_t *value, void *to)
{
    corsac_spec *spec = (corsac_spec *)(void *)((char *)to - offsetof(corsac_spec, dangerously_allow_public_suffixes));
    return json_is_array(value) ? read_list(value, to) : read_truth(value, &spec->dangerously_allow_all_public_suffixes);
}

#define OPTION(name, read) { #name, offsetof(corsac_spec, name), read }

static const struct option {
    const char *name;
    size_t at;
    int (*read)(const json_t *value, void *to);
} options[] = {
    OPTION(allow_origins, read_list),
    OPTION(allow_methods, read_list),
    OPTION(allow_headers, read_list),
    OPTION(expose_headers, read_list),
    OPTION(max_age, read_number),
    OPTION(preflight_status, read_number),
    OPTION(denied_preflight_status, read_number),
    OPTION(allow_credentials, read_truth),
    OPTION(external_origins, read_truth),
    OPTION(allow_private_network, read_truth),
    OPTION(dangerously_allow_null_origin, read_truth),
    OPTION(dangerously_allow_insecure_origins, read_truth),
    OPTION(allow_timing, read_truth),
    OPTION(dangerously_allow_public_suffixes, read_suffixes),
};

int read_spec(const json_t *value, corsac_spec *spec)
{
    size_t i, known = 0;
    if (corsac_spec_init(spec) != CORSAC_OK)
        return fault("corsac_spec_init");
    for (i = 0; i < sizeof options / sizeof *options; i++) {
        const json_t *option = json_object_get(value, options[i].name);
        if (option != NULL && !options[i].read(option, (char *)spec + options[i].at))
            return 0;
        known += option != NULL;
    }
    return known == json_object_size(value) || fault("a spec has an unknown option");
}

int read_lines(const json_t *value, corsac_header **lines, size_t *count)
{
    size_t i;
    *count = json_array_size(value);
    *lines = keep(*count * sizeof **lines);
    if (!json_is_array(value))
        return fault("no lines");
    for (i = 0; i < *count; i++) {
        const json_t *line = json_array_get(value, i);
        if (json_array_size(line) != 2)
            return fault("a line is a name and a value");
        if (!read_text(json_array_get(line, 0), &(*lines)[i].name) || !read_text(json_array_get(line, 1), &(*lines)[i].value))
            return 0;
    }
    return 1;
}
