/*
 * What is wrong in a configuration. Each finding of the engine becomes a line
 * of the log with the file and line of its directive, and with what to write
 * instead. The engine names options: the directive is "cors_" and that name.
 * A finding in a policy file, which has options, has its line and column.
 */

#include "ngx_http_corsac_module.h"


/* The engine's names, by option. */
static const ngx_str_t
    ngx_http_corsac_option_names[NGX_HTTP_CORSAC_OPTIONS] =
{
    ngx_string("allow_origins"),
    ngx_string("allow_methods"),
    ngx_string("allow_headers"),
    ngx_string("expose_headers"),
    ngx_string("allow_credentials"),
    ngx_string("max_age"),
    ngx_string("preflight_status"),
    ngx_string("denied_preflight_status"),
    ngx_string("allow_timing"),
    ngx_string("allow_private_network"),
    ngx_string("dangerously_allow_null_origin"),
    ngx_string("dangerously_allow_insecure_origins"),
    ngx_string("dangerously_allow_public_suffixes"),
};


void
ngx_http_corsac_log_at(ngx_conf_t *cf, ngx_uint_t level,
    const ngx_http_corsac_place_t *place, const u_char *text, size_t len)
{
    if (place->file == NULL) {
        ngx_log_error(level, cf->log, 0, "%*s in command line", len, text);
        return;
    }

    if (place->line == 0) {
        ngx_log_error(level, cf->log, 0, "%*s in %s", len, text, place->file);
        return;
    }

    if (place->column == 0) {
        ngx_log_error(level, cf->log, 0, "%*s in %s:%ui",
                      len, text, place->file, place->line);
        return;
    }

    ngx_log_error(level, cf->log, 0, "%*s in %s:%ui:%ui",
                  len, text, place->file, place->line, place->column);
}


void
ngx_http_corsac_refuse(ngx_conf_t *cf, const ngx_http_corsac_place_t *place,
    const char *what)
{
    ngx_http_corsac_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);
    cmcf->failed++;

    ngx_http_corsac_log_at(cf, NGX_LOG_EMERG, place, (u_char *) what,
                           ngx_strlen(what));
}


/* Each include of a file has a copy of its name. NULL: the command line. */
static ngx_uint_t
ngx_http_corsac_is_same_file(const u_char *one, const u_char *other)
{
    return one == other
           || (one && other && ngx_strcmp(one, other) == 0);
}


/* A copy, because a finding is valid only during its callback. */
static ngx_int_t
ngx_http_corsac_copy(ngx_pool_t *pool, ngx_str_t *copy, corsac_bytes bytes)
{
    ngx_str_t  text;

    text.data = (u_char *) bytes.ptr;
    text.len = bytes.len;

    copy->len = bytes.len;
    copy->data = bytes.len ? ngx_pstrdup(pool, &text) : NULL;

    return bytes.len && copy->data == NULL ? NGX_ERROR : NGX_OK;
}


static ngx_uint_t
ngx_http_corsac_is_logged(ngx_http_corsac_findings_t *findings,
    const ngx_http_corsac_place_t *place, const corsac_finding *finding)
{
    ngx_uint_t                 i;
    ngx_pool_t                *pool;
    ngx_array_t               *all;
    ngx_http_corsac_logged_t  *logged;

    all = &findings->main->logged;
    logged = all->elts;

    for (i = 0; i < all->nelts; i++) {
        if (logged[i].place.line == place->line
            && logged[i].place.column == place->column
            && ngx_http_corsac_is_same_file(logged[i].place.file, place->file)
            && logged[i].entry.len == finding->text.len
            && ngx_memcmp(logged[i].entry.data, finding->text.ptr,
                          finding->text.len) == 0
            && logged[i].code.len == finding->code.len
            && ngx_memcmp(logged[i].code.data, finding->code.ptr,
                          finding->code.len) == 0)
        {
            return 1;
        }
    }

    pool = findings->cf->temp_pool;
    logged = ngx_array_push(all);

    if (logged == NULL
        || ngx_http_corsac_copy(pool, &logged->entry, finding->text) != NGX_OK
        || ngx_http_corsac_copy(pool, &logged->code, finding->code) != NGX_OK)
    {
        findings->out_of_memory = 1;
        return 0;
    }

    logged->place = *place;

    return 0;
}


/* What to write instead, where nginx has another way than a policy file. */
static corsac_bytes
ngx_http_corsac_suggestion(const corsac_finding *finding)
{
    static const struct {
        const char  *code;
        const char  *text;
    } suggestions[] = {
        { "variable", "write the values themselves, because a policy has no "
                      "variables; to choose one of several policies by a "
                      "variable, use \"cors_policies\"" },
        { "two-entries", "separate the entries with spaces, without quotes" },
    };

    size_t        len;
    ngx_uint_t    i;
    corsac_bytes  text;

    for (i = 0; i < sizeof(suggestions) / sizeof(suggestions[0]); i++) {

        len = ngx_strlen(suggestions[i].code);

        if (finding->replacement.ptr == NULL
            && finding->code.len == len
            && ngx_memcmp(finding->code.ptr, suggestions[i].code, len) == 0)
        {
            text.ptr = (const u_char *) suggestions[i].text;
            text.len = ngx_strlen(suggestions[i].text);
            return text;
        }
    }

    return finding->suggestion;
}


static ngx_uint_t
ngx_http_corsac_is_name_char(u_char ch)
{
    return (ch >= 'a' && ch <= 'z') || ch == '_';
}


/* The length of the option's name at `text`, or 0 if there is none. */
static size_t
ngx_http_corsac_option_len(const u_char *text, const u_char *end)
{
    size_t            len;
    ngx_uint_t        i;
    const ngx_str_t  *name;

    for (len = 0; text + len < end; len++) {
        if (!ngx_http_corsac_is_name_char(text[len])) {
            break;
        }
    }

    name = ngx_http_corsac_option_names;

    for (i = 0; i < NGX_HTTP_CORSAC_OPTIONS; i++) {
        if (name[i].len == len && ngx_memcmp(name[i].data, text, len) == 0) {
            return len;
        }
    }

    return 0;
}


/*
 * The engine's sentence, with the names of directives instead of those of
 * options. What the administrator wrote is between quotes, and stays.
 */
static u_char *
ngx_http_corsac_copy_sentence(u_char *p, u_char *last, corsac_bytes sentence)
{
    size_t         len;
    ngx_uint_t     quoted, begins;
    const u_char  *text, *end;

    quoted = 0;
    begins = 1;
    text = sentence.ptr;
    end = text + sentence.len;

    while (text < end && p < last) {

        if (!quoted && begins) {
            len = ngx_http_corsac_option_len(text, end);

            if (len) {
                p = ngx_slprintf(p, last, "cors_%*s", len, text);
                text += len;
                begins = 0;
                continue;
            }
        }

        quoted ^= (*text == '"');
        begins = !ngx_http_corsac_is_name_char(*text);
        *p++ = *text++;
    }

    return p;
}


static void
ngx_http_corsac_find_place(ngx_http_corsac_findings_t *findings,
    const corsac_finding *finding, ngx_http_corsac_place_t *place)
{
    ngx_uint_t                 i;
    const ngx_str_t           *name;
    ngx_http_corsac_place_t   *places;
    ngx_http_corsac_option_t  *option;

    if (findings->file) {
        place->file = findings->file;
        place->line = finding->line;
        place->column = finding->column;
        return;
    }

    *place = findings->conf->place;

    name = ngx_http_corsac_option_names;

    for (i = 0; i < NGX_HTTP_CORSAC_OPTIONS; i++) {

        option = findings->conf->options[i];

        if (option == NULL
            || name[i].len != finding->field.len
            || ngx_memcmp(name[i].data, finding->field.ptr, name[i].len) != 0)
        {
            continue;
        }

        *place = option->place;

        if (option->places && finding->index < option->places->nelts) {
            places = option->places->elts;
            *place = places[finding->index];
        }
    }
}


/* In the words of a policy file, or in those of directives. */
static u_char *
ngx_http_corsac_write_finding(ngx_http_corsac_findings_t *findings,
    const corsac_finding *finding, u_char *p, u_char *last)
{
    corsac_bytes  suggestion;

    if (findings->file) {
        p = ngx_slprintf(p, last, "%*s",
                         finding->message.len, finding->message.ptr);

        if (finding->suggestion.len) {
            p = ngx_slprintf(p, last, ": %*s",
                             finding->suggestion.len, finding->suggestion.ptr);
        }

    } else {
        p = ngx_slprintf(p, last, "cors_%*s: ",
                         finding->field.len, finding->field.ptr);
        p = ngx_http_corsac_copy_sentence(p, last, finding->message);

        suggestion = ngx_http_corsac_suggestion(finding);

        if (suggestion.len) {
            p = ngx_slprintf(p, last, ": ");
            p = ngx_http_corsac_copy_sentence(p, last, suggestion);
        }
    }

    return ngx_slprintf(p, last, " [%*s]",
                        finding->code.len, finding->code.ptr);
}


void
ngx_http_corsac_on_finding(void *data, const corsac_finding *finding)
{
    ngx_http_corsac_findings_t  *findings = data;

    u_char                   line[NGX_MAX_ERROR_STR], *p;
    ngx_uint_t               level;
    ngx_http_corsac_place_t  place;

    if (finding->severity == CORSAC_ERROR) {
        findings->main->failed++;
    }

    ngx_http_corsac_find_place(findings, finding, &place);

    if (ngx_http_corsac_is_logged(findings, &place, finding)) {
        return;
    }

    level = finding->severity == CORSAC_ERROR ? NGX_LOG_EMERG : NGX_LOG_WARN;

    p = ngx_http_corsac_write_finding(findings, finding, line,
                                      line + sizeof(line));

    ngx_http_corsac_log_at(findings->cf, level, &place, line, p - line);
}
