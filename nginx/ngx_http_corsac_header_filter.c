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


/* A header of the application is lost: the log says so once for each path. */
static void
ngx_http_corsac_log_replaced(ngx_http_request_t *r,
    const ngx_http_corsac_ctx_t *ctx, const ngx_table_elt_t *h)
{
    ngx_uint_t                    i, hash;
    const ngx_table_elt_t        *header;
    ngx_http_corsac_replaced_t   *replaced;
    ngx_http_corsac_main_conf_t  *cmcf;

    if (r->connection->log->log_level < NGX_LOG_NOTICE) {
        return;
    }

    header = ngx_http_corsac_decided_header(ctx->decision, &h->key);

    if (header
        && header->value.len == h->value.len
        && ngx_memcmp(header->value.data, h->value.data, h->value.len) == 0)
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
    corsac_decision   replacing;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *end;

    /* corsac_replaces_header() reads nothing else. */
    replacing.replaces_timing = ctx->decision->replaces_timing;

    for (part = &r->headers_out.headers.part; part; part = part->next) {

        h = part->elts;
        end = h + part->nelts;

        for ( /* void */ ; h < end; h++) {

            if (h->hash == 0) {
                continue;
            }

            if (ngx_http_corsac_is_named(&h->key, "Vary")) {

                if (corsac_vary_add(ngx_http_corsac_bytes(&h->value), covered)
                    != CORSAC_OK)
                {
                    return NGX_ERROR;
                }

                continue;
            }

            if (corsac_replaces_header(&replacing,
                                       ngx_http_corsac_bytes(&h->key))
                == 1)
            {
                ngx_http_corsac_log_replaced(r, ctx, h);
                h->hash = 0;
            }
        }
    }

    return NGX_OK;
}


/* Adds the names that the response's own Vary lacks. */
static ngx_int_t
ngx_http_corsac_add_vary(ngx_http_request_t *r, const ngx_table_elt_t *vary,
    uint32_t covered)
{
    size_t            i, count;
    corsac_bytes      names[CORSAC_VARY_MAX];
    ngx_table_elt_t  *h;

    if (corsac_vary_missing(ngx_http_corsac_bytes(&vary->value), covered,
                            names, &count)
        != CORSAC_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < count; i++) {

        h = ngx_list_push(&r->headers_out.headers);
        if (h == NULL) {
            return NGX_ERROR;
        }

        *h = *vary;
        h->value.data = (u_char *) names[i].ptr;
        h->value.len = names[i].len;
    }

    return NGX_OK;
}


/*
 * The library has one call for all of this, corsac_response_changes(). It
 * reads a whole decision, which is 1.4 kB, and a copy of the list of headers.
 * For the response of a file it takes 640 instructions, and this takes 240.
 */
static ngx_int_t
ngx_http_corsac_write(ngx_http_request_t *r, const ngx_http_corsac_ctx_t *ctx)
{
    uint32_t                           covered;
    ngx_table_elt_t                   *h;
    const ngx_table_elt_t             *header, *end;
    const ngx_http_corsac_decision_t  *decision;

    decision = ctx->decision;
    covered = 0;

    if (ngx_http_corsac_clear(r, ctx, &covered) != NGX_OK) {
        return NGX_ERROR;
    }

    header = decision->headers;
    end = header + decision->nheaders;

    if (covered && decision->has_vary) {
        end--;
    }

    for ( /* void */ ; header < end; header++) {

        h = ngx_list_push(&r->headers_out.headers);
        if (h == NULL) {
            return NGX_ERROR;
        }

        *h = *header;
    }

    /* If no name is covered, the whole value is missing. */

    return covered && decision->has_vary
           ? ngx_http_corsac_add_vary(r, end, covered) : NGX_OK;
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
ngx_http_corsac_log_redirect(ngx_http_request_t *r)
{
    ngx_http_corsac_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    ngx_http_corsac_log(r, NGX_LOG_WARN, &cmcf->redirects,
                        "a preflight meets a redirect (%ui), which browsers "
                        "refuse: let the page ask for the final URL, or set "
                        "\"cors on\" where the redirect is",
                        r->headers_out.status);
}


static ngx_int_t
ngx_http_corsac_header_filter(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t  *ctx;

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_corsac_get_ctx(r);

    /* Some responses leave before the phases of a location. */

    if ((ctx == NULL || !(ctx->decision || ctx->off))
        && ngx_http_corsac_enter(r, &ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx == NULL || ctx->decision == NULL) {

        if (ngx_http_corsac_is_redirect(r)
            && ngx_http_corsac_is_preflight(r))
        {
            ngx_http_corsac_log_redirect(r);
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
            ngx_http_corsac_log_redirect(r);
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
