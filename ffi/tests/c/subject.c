/* Reads, compiles and opens a policy or a policy set. */
#include "subject.h"

#include <string.h>

#include "case.h"
#include "fault.h"
#include "memory.h"
#include "text.h"

static int read_table(const json_t *value, corsac_spec *spec, corsac_policy_table *table)
{
    const json_t *path = json_object_get(value, "path"), *cors = json_object_get(value, "cors");
    json_t *options = json_copy((json_t *)value);
    int is_read;
    memset(table, 0, sizeof *table);
    table->path = literal("/");
    json_object_del(options, "path");
    json_object_del(options, "cors");
    is_read = (path == NULL || read_text(path, &table->path)) && (cors == NULL || json_is_boolean(cors) || fault("cors is no truth"));
    if (is_read && cors != NULL && json_is_false(cors)) {
        table->untouched = 1;
        is_read = json_object_size(options) == 0 || fault("an untouched table has options");
    } else {
        table->spec = spec;
        is_read = is_read && read_spec(options, spec);
    }
    json_decref(options);
    return is_read;
}

int read_subject(const json_t *value, struct subject *subject)
{
    const json_t *tables = json_object_get(value, "policy");
    size_t i;
    memset(subject, 0, sizeof *subject);
    subject->is_set = tables != NULL;
    subject->count = subject->is_set ? json_array_size(tables) : 1;
    subject->specs = keep(subject->count * sizeof *subject->specs);
    subject->tables = keep(subject->count * sizeof *subject->tables);
    if (!subject->is_set)
        return read_spec(value, subject->specs);
    if (json_object_size(value) != 1 || !json_is_array(tables))
        return fault("a set is a list of tables, and nothing else");
    for (i = 0; i < subject->count; i++)
        if (!read_table(json_array_get(tables, i), &subject->specs[i], &subject->tables[i]))
            return 0;
    return 1;
}

corsac_result compile_subject(struct subject *subject, corsac_on_finding on_finding, void *data)
{
    corsac_result result;
    size_t size = 0;
    if (subject->is_set) {
        result = corsac_policy_set_size(subject->tables, subject->count, &size);
        if (result == CORSAC_OK)
            result = corsac_policy_set_compile(
                subject->tables, subject->count, keep(size), size, on_finding, data, &subject->set);
        return result;
    }
    result = corsac_policy_size(subject->specs, &size);
    if (result == CORSAC_OK)
        result = corsac_policy_compile(subject->specs, keep(size), size, on_finding, data, &subject->policy);
    if (result == CORSAC_OK) {
        subject->set.image = subject->policy.image;
        subject->set.len = subject->policy.len;
    }
    return result;
}

corsac_result open_subject(struct subject *subject, const struct subject *compiled)
{
    uint8_t *image = (uint8_t *)keep(compiled->set.len + 1) + 1;
    corsac_result result;
    memcpy(image, compiled->set.image, compiled->set.len);
    *subject = *compiled;
    result = corsac_policy_set_open(image, compiled->set.len, &subject->set);
    if (result == CORSAC_OK && !subject->is_set)
        result = corsac_policy_open(image, compiled->set.len, &subject->policy);
    return result;
}
