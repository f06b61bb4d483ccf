/*
 * Decisions that a worker keeps. Pages send the same requests again and
 * again, and most have one header that the engine reads: their Origin. For
 * each path of a policy the first decisions about such requests are kept, and
 * one about requests without such a header. They are used for requests that
 * are the same to the byte.
 *
 * A policy never changes, so no entry becomes stale and none is replaced. A
 * client that sends many different origins fills the cache; after that every
 * new request is evaluated. Few entries are for denied origins, so that they
 * cannot take all. The memory is that of the policy, and it is taken on
 * first use.
 */

#include "ngx_http_corsac_module.h"


/* Most policies have fewer origins that pages use, and a search is short. */
#define NGX_HTTP_CORSAC_CACHE_ENTRIES  16
#define NGX_HTTP_CORSAC_CACHE_DENIED   4

/* Bytes of a request: browsers send fewer, and others need no entry. */
#define NGX_HTTP_CORSAC_CACHE_KEY_LEN  512


/* A request with one header that the engine reads, and its decision. */
typedef struct {
    ngx_str_t                          method;
    ngx_str_t                          name;
    ngx_str_t                          value;
    const ngx_http_corsac_decision_t  *decision;
} ngx_http_corsac_cache_entry_t;


struct ngx_http_corsac_cache_s {
    ngx_uint_t                         nentries;
    ngx_uint_t                         ndenied;    /* of them */
    ngx_http_corsac_cache_entry_t      entries[NGX_HTTP_CORSAC_CACHE_ENTRIES];
};


static ngx_uint_t
ngx_http_corsac_is_equal(const ngx_str_t *one, const ngx_str_t *other)
{
    return one->len == other->len
           && ngx_memcmp(one->data, other->data, one->len) == 0;
}


const ngx_http_corsac_decision_t *
ngx_http_corsac_cache_lookup(const ngx_http_corsac_path_t *path,
    const ngx_http_corsac_input_t *input)
{
    const ngx_table_elt_t                *header;
    const ngx_http_corsac_cache_entry_t  *entry, *end;

    if (input->nheaders == 0) {
        return path->plain;
    }

    if (input->nheaders > 1 || path->cache == NULL) {
        return NULL;
    }

    header = input->header;

    entry = path->cache->entries;
    end = entry + path->cache->nentries;

    for ( /* void */ ; entry < end; entry++) {

        if (ngx_http_corsac_is_equal(&entry->value, &header->value)
            && ngx_http_corsac_is_equal(&entry->name, &header->key)
            && ngx_http_corsac_is_equal(&entry->method, &input->method))
        {
            return entry->decision;
        }
    }

    return NULL;
}


static size_t
ngx_http_corsac_text_len(const ngx_http_corsac_decision_t *decision)
{
    size_t  i, len;

    len = decision->denial_bytes.len;

    for (i = 0; i < decision->nheaders; i++) {
        len += decision->headers[i].key.len + decision->headers[i].value.len;
    }

    return len;
}


static u_char *
ngx_http_corsac_copy_text(u_char **p, const u_char *text, size_t len)
{
    u_char  *copy;

    copy = *p;

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
    ngx_table_elt_t             *h;
    ngx_http_corsac_decision_t  *copy;

    size = sizeof(ngx_http_corsac_decision_t)
           + decision->nheaders * sizeof(ngx_table_elt_t);

    copy = ngx_palloc(pool,
                      size + ngx_http_corsac_text_len(decision) + more);
    if (copy == NULL) {
        return NULL;
    }

    *p = (u_char *) copy + size;

    *copy = *decision;
    copy->headers = (ngx_table_elt_t *) (copy + 1);

    for (i = 0; i < decision->nheaders; i++) {
        h = &copy->headers[i];
        *h = decision->headers[i];
        h->key.data = ngx_http_corsac_copy_text(p, h->key.data, h->key.len);
        h->value.data = ngx_http_corsac_copy_text(p, h->value.data,
                                                  h->value.len);
    }

    copy->denial_bytes.ptr =
        ngx_http_corsac_copy_text(p, decision->denial_bytes.ptr,
                                  decision->denial_bytes.len);

    return copy;
}


/* Without memory nothing is kept. */
void
ngx_http_corsac_cache_add(ngx_http_corsac_path_t *path, ngx_pool_t *pool,
    const ngx_http_corsac_input_t *input,
    const ngx_http_corsac_decision_t *decision)
{
    u_char                         *p;
    size_t                          len;
    ngx_uint_t                      is_denied;
    const ngx_str_t                *method;
    const ngx_table_elt_t          *header;
    ngx_http_corsac_cache_t        *cache;
    ngx_http_corsac_decision_t     *copy;
    ngx_http_corsac_cache_entry_t  *entry;

    if (input->nheaders > 1) {
        return;
    }

    if (input->nheaders == 0) {
        path->plain = ngx_http_corsac_copy_decision(pool, decision, 0, &p);
        return;
    }

    method = &input->method;
    header = input->header;
    is_denied = (decision->denial != CORSAC_ALLOWED);
    len = method->len + header->key.len + header->value.len;

    if (len > NGX_HTTP_CORSAC_CACHE_KEY_LEN) {
        return;
    }

    if (path->cache == NULL) {
        path->cache = ngx_pcalloc(pool, sizeof(ngx_http_corsac_cache_t));
    }

    cache = path->cache;

    if (cache == NULL
        || cache->nentries == NGX_HTTP_CORSAC_CACHE_ENTRIES
        || (is_denied && cache->ndenied == NGX_HTTP_CORSAC_CACHE_DENIED))
    {
        return;
    }

    copy = ngx_http_corsac_copy_decision(pool, decision, len, &p);
    if (copy == NULL) {
        return;
    }

    entry = &cache->entries[cache->nentries++];
    cache->ndenied += is_denied;

    entry->decision = copy;
    entry->method.len = method->len;
    entry->method.data = ngx_http_corsac_copy_text(&p, method->data,
                                                   method->len);
    entry->name.len = header->key.len;
    entry->name.data = ngx_http_corsac_copy_text(&p, header->key.data,
                                                 header->key.len);
    entry->value.len = header->value.len;
    entry->value.data = ngx_http_corsac_copy_text(&p, header->value.data,
                                                  header->value.len);
}
