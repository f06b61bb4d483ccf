/*
 * Every response to which a policy applies leaves with the headers of the
 * decision, without the CORS headers of others, and with a merged `Vary`.
 *
 * The filter comes after that of `add_header` (see `config`). It can see the
 * same response twice, because a range that is not satisfiable becomes an
 * error page. The second time changes nothing.
 */

#include "ngx_http_corsac_module.h"


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


static ngx_int_t
ngx_http_corsac_add_line(ngx_http_request_t *r, corsac_bytes name,
    corsac_bytes value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    /* nginx never writes to the text of a response header. */
    h->hash = 1;
    h->key.data = (u_char *) name.ptr;
    h->key.len = name.len;
    h->value.data = (u_char *) value.ptr;
    h->value.len = value.len;

    return NGX_OK;
}


/* A header of the application is lost: the log says so once for each path. */
static void
ngx_http_corsac_log_replaced(ngx_http_request_t *r,
    const ngx_http_corsac_ctx_t *ctx, const ngx_table_elt_t *h)
{
    ngx_uint_t                    i, hash;
    const corsac_header          *header;
    ngx_http_corsac_replaced_t   *replaced;
    ngx_http_corsac_main_conf_t  *cmcf;

    if (r->connection->log->log_level < NGX_LOG_NOTICE) {
        return;
    }

    header = ngx_http_corsac_decided_header(ctx->decision, &h->key);

    if (header
        && header->value.len == h->value.len
        && ngx_memcmp(header->value.ptr, h->value.data, h->value.len) == 0)
    {
        return;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);
    hash = ngx_hash_key_lc(h->key.data, h->key.len);
    replaced = cmcf->replaced;

    for (i = 0; i < cmcf->nreplaced; i++) {
        if (replaced[i].path == ctx->path && replaced[i].hash == hash) {
            return;
        }
    }

    if (i == NGX_HTTP_CORSAC_REPLACED) {
        return;
    }

    replaced[i].path = ctx->path;
    replaced[i].hash = hash;
    cmcf->nreplaced++;

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                  "cors: the policy replaces \"%V\" of the application or of "
                  "\"add_header\": remove it there",
                  &h->key);
}


/* Removes the headers that the decision replaces, and reads Vary. */
static ngx_int_t
ngx_http_corsac_clear(ngx_http_request_t *r, const ngx_http_corsac_ctx_t *ctx,
    uint32_t *covered)
{
    ngx_uint_t        i;
    corsac_bytes      name, value;
    corsac_decision   replacing;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    /* corsac_replaces_header() reads nothing else. */
    replacing.replaces_timing = ctx->decision->replaces_timing;

    for (part = &r->headers_out.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash == 0) {
                continue;
            }

            name.ptr = h[i].key.data;
            name.len = h[i].key.len;

            if (corsac_replaces_header(&replacing, name) == 1) {
                ngx_http_corsac_log_replaced(r, ctx, &h[i]);
                h[i].hash = 0;
                continue;
            }

            if (ngx_http_corsac_is_named(&h[i].key, "Vary")) {
                value.ptr = h[i].value.data;
                value.len = h[i].value.len;

                if (corsac_vary_add(value, covered) != CORSAC_OK) {
                    return NGX_ERROR;
                }
            }
        }
    }

    return NGX_OK;
}


/* Adds the names that the response's own Vary lacks. */
static ngx_int_t
ngx_http_corsac_add_vary(ngx_http_request_t *r, const corsac_header *vary,
    uint32_t covered)
{
    size_t        i, count;
    corsac_bytes  lines[CORSAC_VARY_MAX];

    if (corsac_vary_missing(vary->value, covered, lines, &count)
        != CORSAC_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < count; i++) {
        if (ngx_http_corsac_add_line(r, vary->name, lines[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_write(ngx_http_request_t *r, const ngx_http_corsac_ctx_t *ctx)
{
    uint32_t              covered;
    ngx_int_t             rc;
    ngx_str_t             name;
    const corsac_header  *header, *end;

    covered = 0;

    if (ngx_http_corsac_clear(r, ctx, &covered) != NGX_OK) {
        return NGX_ERROR;
    }

    end = ctx->decision->headers + ctx->decision->header_count;

    for (header = ctx->decision->headers; header < end; header++) {

        name.data = (u_char *) header->name.ptr;
        name.len = header->name.len;

        /* If no name is covered, the whole value is missing. */

        rc = covered && ngx_http_corsac_is_named(&name, "Vary")
             ? ngx_http_corsac_add_vary(r, header, covered)
             : ngx_http_corsac_add_line(r, header->name, header->value);

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* Sends the response to a preflight instead of the one about to leave. */
static ngx_int_t
ngx_http_corsac_respond_instead(ngx_http_request_t *r,
    ngx_http_corsac_ctx_t *ctx)
{
    ngx_int_t  rc;
    ngx_str_t  reason;

    ngx_http_clean_header(r);

    if (ngx_http_corsac_begin_response(r, ctx, &reason) != NGX_OK
        || ngx_http_corsac_write(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_next_header_filter(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    rc = ngx_http_corsac_end_response(r, &reason);

    /* The sender of the other response must not send its body. */
    r->header_only = 1;

    return rc;
}


static void
ngx_http_corsac_log_redirect(ngx_http_request_t *r,
    ngx_http_corsac_main_conf_t *cmcf)
{
    ngx_http_corsac_log(r, NGX_LOG_WARN, &cmcf->redirects,
                        "a preflight meets a redirect (%ui), which browsers "
                        "refuse: let the page ask for the final URL, or set "
                        "\"cors on\" where the redirect is",
                        r->headers_out.status);
}


static ngx_int_t
ngx_http_corsac_header_filter(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t        *ctx;
    ngx_http_corsac_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    if (r != r->main || !cmcf->has_policy) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_corsac_get_ctx(r);

    if (ctx == NULL || ngx_http_corsac_enter(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ctx->decision == NULL) {

        if (ngx_http_corsac_is_redirect(r)
            && ngx_http_corsac_is_preflight(r))
        {
            ngx_http_corsac_log_redirect(r, cmcf);
        }

        return ngx_http_next_header_filter(r);
    }

    if (ctx->report_only) {

        if (!ctx->done) {
            ctx->done = 1;
            ngx_http_corsac_report(r, ctx->decision);
        }

        return ngx_http_next_header_filter(r);
    }

    if (ngx_http_corsac_is_pending(ctx)) {

        /* What nginx refused while it read the request stays an error. */

        if (ctx->readable) {
            return ngx_http_corsac_respond_instead(r, ctx);
        }

        if (ngx_http_corsac_is_redirect(r)) {
            ngx_http_corsac_log_redirect(r, cmcf);
        }
    }

    if (ngx_http_corsac_write(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


void
ngx_http_corsac_header_filter_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_corsac_header_filter;
}
