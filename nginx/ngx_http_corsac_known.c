/*
 * Pages ask again and again, and most of their requests have one line for the engine, their Origin. What was decided about the first such
 * requests is known for all that are the same to the byte, as it is for all without such a line.
 *
 * Nothing is replaced and nothing goes out of date, since a policy never changes: whoever sends ever other origins fills the places, and
 * from then on is decided as if there were none. Strangers have places of their own. Each worker knows what it has decided itself.
 */

#include "ngx_http_corsac_module.h"


#define NGX_HTTP_CORSAC_KNOWN         16
#define NGX_HTTP_CORSAC_KNOWN_DENIED  4

/* Of a request; what is longer than any browser's is not worth a place. */
#define NGX_HTTP_CORSAC_KNOWN_LEN     512


/* A request with one line that the engine reads, and its decision. */
typedef struct {
    corsac_bytes                 method;
    corsac_bytes                 name;
    corsac_bytes                 value;
    ngx_http_corsac_decision_t  *decision;
} ngx_http_corsac_asked_t;


struct ngx_http_corsac_known_s {
    ngx_pool_t                  *pool;
    ngx_uint_t                   nasked;
    ngx_uint_t                   ndenied;   /* of them */
    ngx_http_corsac_asked_t      asked[NGX_HTTP_CORSAC_KNOWN];
};


ngx_http_corsac_known_t *
ngx_http_corsac_create_known(ngx_pool_t *pool)
{
    ngx_http_corsac_known_t  *known;

    known = ngx_pcalloc(pool, sizeof(ngx_http_corsac_known_t));

    if (known) {
        known->pool = pool;
    }

    return known;
}


static ngx_uint_t
ngx_http_corsac_is_equal(const corsac_bytes *asked, const ngx_str_t *text)
{
    return asked->len == text->len
           && ngx_memcmp(asked->ptr, text->data, text->len) == 0;
}


/* NULL: not known. */
ngx_http_corsac_decision_t *
ngx_http_corsac_recall(const ngx_http_corsac_known_t *known,
    const ngx_str_t *method, const ngx_table_elt_t *line)
{
    const ngx_http_corsac_asked_t  *asked, *end;

    end = known->asked + known->nasked;

    for (asked = known->asked; asked < end; asked++) {

        if (ngx_http_corsac_is_equal(&asked->value, &line->value)
            && ngx_http_corsac_is_equal(&asked->name, &line->key)
            && ngx_http_corsac_is_equal(&asked->method, method))
        {
            return asked->decision;
        }
    }

    return NULL;
}


static size_t
ngx_http_corsac_copied_len(const ngx_http_corsac_decision_t *decision)
{
    size_t  i, len;

    len = decision->denial_bytes.len;

    for (i = 0; i < decision->header_count; i++) {
        len += decision->headers[i].name.len + decision->headers[i].value.len;
    }

    return len;
}


static corsac_bytes
ngx_http_corsac_copy(u_char **p, const u_char *text, size_t len)
{
    corsac_bytes  copy;

    copy.ptr = *p;
    copy.len = len;

    if (len) {
        *p = ngx_cpymem(*p, text, len);
    }

    return copy;
}


static void
ngx_http_corsac_copy_decision(ngx_http_corsac_decision_t *copy, u_char **p,
    const ngx_http_corsac_decision_t *decision)
{
    size_t                i;
    corsac_header        *to;
    const corsac_header  *from;

    *copy = *decision;
    copy->headers = (corsac_header *) (copy + 1);

    for (i = 0; i < decision->header_count; i++) {
        to = &copy->headers[i];
        from = &decision->headers[i];
        to->name = ngx_http_corsac_copy(p, from->name.ptr, from->name.len);
        to->value = ngx_http_corsac_copy(p, from->value.ptr, from->value.len);
    }

    copy->denial_bytes = ngx_http_corsac_copy(p, decision->denial_bytes.ptr,
                                              decision->denial_bytes.len);
}


/* Copies all that counts of the request, which goes. Without memory nothing is known. */
void
ngx_http_corsac_remember(ngx_http_corsac_known_t *known,
    const ngx_str_t *method, const ngx_table_elt_t *line,
    const ngx_http_corsac_decision_t *decision)
{
    u_char                      *p;
    size_t                       size, len;
    ngx_uint_t                   is_denied;
    ngx_http_corsac_asked_t     *asked;
    ngx_http_corsac_decision_t  *copy;

    is_denied = (decision->denial != CORSAC_ALLOWED);
    len = method->len + line->key.len + line->value.len;

    /* Of a preflight, and of a report, is kept that it is done. */

    if (decision->request_class == CORSAC_PREFLIGHT
        || decision->report_only
        || len > NGX_HTTP_CORSAC_KNOWN_LEN
        || known->nasked == NGX_HTTP_CORSAC_KNOWN
        || (is_denied && known->ndenied == NGX_HTTP_CORSAC_KNOWN_DENIED))
    {
        return;
    }

    size = sizeof(ngx_http_corsac_decision_t)
           + decision->header_count * sizeof(corsac_header);

    copy = ngx_palloc(known->pool,
                      size + len + ngx_http_corsac_copied_len(decision));
    if (copy == NULL) {
        return;
    }

    p = (u_char *) copy + size;
    ngx_http_corsac_copy_decision(copy, &p, decision);

    asked = &known->asked[known->nasked++];
    known->ndenied += is_denied;

    asked->decision = copy;
    asked->method = ngx_http_corsac_copy(&p, method->data, method->len);
    asked->name = ngx_http_corsac_copy(&p, line->key.data, line->key.len);
    asked->value = ngx_http_corsac_copy(&p, line->value.data, line->value.len);
}
