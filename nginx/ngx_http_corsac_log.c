/*
 * Messages in the error log. A denied preflight is a `notice`, because people
 * look for the reason. A response that is not shared is an `info`, but only
 * if the page has another origin: its own responses need no sharing.
 *
 * A client can repeat each of them without end, so they are counted: of the
 * same kind, in one minute and one worker, the first few are logged, then
 * those whose number is a power of two.
 */

#include "ngx_http_corsac_module.h"


/* A person who reads the log needs no more of the same. */
#define NGX_HTTP_CORSAC_LOG_FIRST   16
#define NGX_HTTP_CORSAC_LOG_PERIOD  60

/* By class and denial. A later version of the engine may have more. */
#define NGX_HTTP_CORSAC_DENIALS     (CORSAC_PATH_AMBIGUOUS + 1)


void ngx_cdecl
ngx_http_corsac_log(ngx_http_request_t *r, ngx_uint_t level,
    ngx_http_corsac_count_t *count, const char *fmt, ...)
{
    u_char      text[NGX_MAX_ERROR_STR], *p, *last;
    va_list     args;
    ngx_uint_t  n;

    if (r->connection->log->log_level < level) {
        return;
    }

    if (ngx_time() - count->start >= NGX_HTTP_CORSAC_LOG_PERIOD) {
        count->start = ngx_time();
        count->n = 0;
    }

    n = ++count->n;

    if (n > NGX_HTTP_CORSAC_LOG_FIRST && (n & (n - 1))) {
        return;
    }

    last = text + sizeof(text);

    va_start(args, fmt);
    p = ngx_vslprintf(text, last, fmt, args);
    va_end(args);

    if (n > NGX_HTTP_CORSAC_LOG_FIRST) {
        p = ngx_slprintf(p, last, " (%ui of these in a minute)", n);
    }

    ngx_log_error(level, r->connection->log, 0, "cors: %*s", p - text, text);
}


/* NULL: out of memory. */
static ngx_http_corsac_count_t *
ngx_http_corsac_denial_count(ngx_http_corsac_policy_t *policy,
    ngx_http_corsac_path_t *path, const ngx_http_corsac_decision_t *decision)
{
    ngx_uint_t  i;

    if (path->denials == NULL) {
        path->denials = ngx_pcalloc(policy->pool, 2 * NGX_HTTP_CORSAC_DENIALS
                                           * sizeof(ngx_http_corsac_count_t));
        if (path->denials == NULL) {
            return NULL;
        }
    }

    i = ngx_min((ngx_uint_t) decision->denial, NGX_HTTP_CORSAC_DENIALS - 1);

    if (decision->request_class == CORSAC_PREFLIGHT) {
        i += NGX_HTTP_CORSAC_DENIALS;
    }

    return &path->denials[i];
}


/* Whether the page has the origin of the response, as browsers say. */
ngx_uint_t
ngx_http_corsac_is_own_page(ngx_http_request_t *r)
{
    ngx_str_t        *value;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (!ngx_http_corsac_is_named(&h[i].key, "Sec-Fetch-Site")) {
                continue;
            }

            value = &h[i].value;

            return (value->len == sizeof("same-origin") - 1
                    && ngx_strncmp(value->data, "same-origin", value->len)
                       == 0)
                   || (value->len == sizeof("none") - 1
                       && ngx_strncmp(value->data, "none", value->len) == 0);
        }
    }

    return 0;
}


void
ngx_http_corsac_log_denial(ngx_http_request_t *r,
    ngx_http_corsac_policy_t *policy, ngx_http_corsac_path_t *path,
    const ngx_http_corsac_decision_t *decision)
{
    u_char                    message[CORSAC_MESSAGE_MAX];
    size_t                    len;
    ngx_uint_t                level, preflight;
    ngx_http_corsac_count_t  *count;

    preflight = (decision->request_class == CORSAC_PREFLIGHT);
    level = preflight ? NGX_LOG_NOTICE : NGX_LOG_INFO;

    if (r->connection->log->log_level < level
        || (!preflight && ngx_http_corsac_is_own_page(r)))
    {
        return;
    }

    count = ngx_http_corsac_denial_count(policy, path, decision);

    if (count) {
        len = ngx_http_corsac_denial_message(decision, message);

        ngx_http_corsac_log(r, level, count, "%s: %*s",
                            preflight ? "preflight denied"
                                      : "response not shared",
                            len, message);
    }
}
