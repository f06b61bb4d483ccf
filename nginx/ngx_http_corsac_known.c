/*
 * Pages send the same requests again and again, and most have one header that
 * the engine reads: their Origin. A worker remembers the decisions about the
 * first of these, for each path of a policy, and uses them for requests that
 * are the same to the byte. Requests without such a header share one decision.
 *
 * A policy never changes, so nothing goes out of date and nothing is replaced.
 * A client that sends many different origins fills the places; after that
 * every other request is evaluated. Denied origins have few places, so that
 * they cannot take all.
 */

#include "ngx_http_corsac_module.h"


#define NGX_HTTP_CORSAC_KNOWN         16
#define NGX_HTTP_CORSAC_KNOWN_DENIED  4

/* Bytes of a request: browsers send fewer, and others need no place. */
#define NGX_HTTP_CORSAC_KNOWN_LEN     512


/* A request with one header that the engine reads, and its decision. */
typedef struct {
    corsac_bytes                 method;
    corsac_bytes                 name;
    corsac_bytes                 value;
    ngx_http_corsac_decision_t  *decision;
} ngx_http_corsac_asked_t;


struct ngx_http_corsac_known_s {
    ngx_uint_t                   nasked;
    ngx_uint_t                   ndenied;   /* of them */
    ngx_http_corsac_asked_t      asked[NGX_HTTP_CORSAC_KNOWN];
};


static ngx_uint_t
ngx_http_corsac_is_equal(const corsac_bytes *asked, const ngx_str_t *text)
{
    return asked->len == text->len
           && ngx_memcmp(asked->ptr, text->data, text->len) == 0;
}


/* NULL: not known. */
const ngx_http_corsac_decision_t *
ngx_http_corsac_recall(const ngx_http_corsac_path_t *path,
    const ngx_str_t *method, const ngx_table_elt_t *header)
{
    const ngx_http_corsac_asked_t  *asked, *end;

    if (path->known == NULL) {
        return NULL;
    }

    asked = path->known->asked;
    end = asked + path->known->nasked;

    for ( /* void */ ; asked < end; asked++) {

        if (ngx_http_corsac_is_equal(&asked->value, &header->value)
            && ngx_http_corsac_is_equal(&asked->name, &header->key)
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


/* A copy that outlives the request, with `more` bytes of room at `*p`. */
static ngx_http_corsac_decision_t *
ngx_http_corsac_copy_decision(ngx_pool_t *pool,
    const ngx_http_corsac_decision_t *decision, size_t more, u_char **p)
{
    size_t                       i, size;
    corsac_header               *to;
    const corsac_header         *from;
    ngx_http_corsac_decision_t  *copy;

    size = sizeof(ngx_http_corsac_decision_t)
           + decision->header_count * sizeof(corsac_header);

    copy = ngx_palloc(pool,
                      size + ngx_http_corsac_copied_len(decision) + more);
    if (copy == NULL) {
        return NULL;
    }

    *p = (u_char *) copy + size;

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

    return copy;
}


/* Without memory nothing is remembered, here as below. */
void
ngx_http_corsac_remember_plain(ngx_http_corsac_path_t *path, ngx_pool_t *pool,
    const ngx_http_corsac_decision_t *decision)
{
    u_char  *p;

    path->plain = ngx_http_corsac_copy_decision(pool, decision, 0, &p);
}


void
ngx_http_corsac_remember(ngx_http_corsac_path_t *path, ngx_pool_t *pool,
    const ngx_str_t *method, const ngx_table_elt_t *header,
    const ngx_http_corsac_decision_t *decision)
{
    u_char                      *p;
    size_t                       len;
    ngx_uint_t                   is_denied;
    ngx_http_corsac_asked_t     *asked;
    ngx_http_corsac_known_t     *known;
    ngx_http_corsac_decision_t  *copy;

    is_denied = (decision->denial != CORSAC_ALLOWED);
    len = method->len + header->key.len + header->value.len;

    /* Preflights and reports are rare. They need no place. */

    if (decision->request_class == CORSAC_PREFLIGHT
        || decision->report_only
        || len > NGX_HTTP_CORSAC_KNOWN_LEN)
    {
        return;
    }

    if (path->known == NULL) {
        path->known = ngx_pcalloc(pool, sizeof(ngx_http_corsac_known_t));
    }

    known = path->known;

    if (known == NULL
        || known->nasked == NGX_HTTP_CORSAC_KNOWN
        || (is_denied && known->ndenied == NGX_HTTP_CORSAC_KNOWN_DENIED))
    {
        return;
    }

    copy = ngx_http_corsac_copy_decision(pool, decision, len, &p);
    if (copy == NULL) {
        return;
    }

    asked = &known->asked[known->nasked++];
    known->ndenied += is_denied;

    asked->decision = copy;
    asked->method = ngx_http_corsac_copy(&p, method->data, method->len);
    asked->name = ngx_http_corsac_copy(&p, header->key.data, header->key.len);
    asked->value = ngx_http_corsac_copy(&p, header->value.data,
                                        header->value.len);
}
