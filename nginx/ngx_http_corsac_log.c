/*
 * Messages in the error log. A denied preflight is a `notice`, because someone
 * will look for the reason. A response that is not shared is an `info`, but
 * only if the page has another origin: its own responses need no sharing.
 */

#include "ngx_http_corsac_module.h"


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
                    && ngx_strncmp(value->data, "same-origin", value->len) == 0)
                   || (value->len == sizeof("none") - 1
                       && ngx_strncmp(value->data, "none", value->len) == 0);
        }
    }

    return 0;
}


void
ngx_http_corsac_log_denial(ngx_http_request_t *r,
    const ngx_http_corsac_decision_t *decision)
{
    u_char      message[CORSAC_MESSAGE_MAX];
    size_t      len;
    ngx_uint_t  level;

    level = decision->request_class == CORSAC_PREFLIGHT ? NGX_LOG_NOTICE
                                                        : NGX_LOG_INFO;

    if (r->connection->log->log_level < level) {
        return;
    }

    if (decision->request_class != CORSAC_PREFLIGHT
        && ngx_http_corsac_is_own_page(r))
    {
        return;
    }

    len = ngx_http_corsac_denial_message(decision, message);

    ngx_log_error(level, r->connection->log, 0, "cors: %s: %*s",
                  decision->request_class == CORSAC_PREFLIGHT
                      ? "preflight denied" : "response not shared",
                  len, message);
}


ngx_uint_t
ngx_http_corsac_is_redirect(ngx_http_request_t *r)
{
    return r->headers_out.status >= NGX_HTTP_SPECIAL_RESPONSE
           && r->headers_out.status < NGX_HTTP_BAD_REQUEST;
}


void
ngx_http_corsac_log_redirect(ngx_http_request_t *r)
{
    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "cors: a preflight meets a redirect (%ui), which browsers "
                  "refuse: let the page ask for the final URL, or set "
                  "\"cors on\" where the redirect is",
                  r->headers_out.status);
}
