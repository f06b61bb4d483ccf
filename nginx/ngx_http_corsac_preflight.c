/*
 * Responds to preflights, before anything that would ask for credentials,
 * because a preflight has none.
 *
 * nginx knows the block of a request when it has found the location. The next
 * phase is the rewrite phase, in which the module comes before `return` and
 * `rewrite`; access rules, limits and content come later. Some responses are
 * even earlier: a `return` of the server, a redirect that adds a slash, a
 * body that is too large. The header filter replaces these.
 */

#include "ngx_http_corsac_module.h"


/* The reason for a denial is the body, if the status allows one. */
static ngx_int_t
ngx_http_corsac_set_reason(ngx_http_request_t *r,
    const ngx_http_corsac_decision_t *decision, ngx_str_t *reason)
{
    u_char            message[CORSAC_MESSAGE_MAX], *p;
    size_t            len;
    ngx_table_elt_t  *h;

    ngx_str_null(reason);

    if (decision->denial == CORSAC_ALLOWED
        || decision->status == NGX_HTTP_NO_CONTENT
        || decision->status == 205)
    {
        return NGX_OK;
    }

    len = ngx_http_corsac_denial_message(decision, message);

    reason->data = ngx_pnalloc(r->pool, len + 1);
    h = ngx_list_push(&r->headers_out.headers);
    if (reason->data == NULL || h == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(reason->data, message, len);
    *p++ = LF;
    reason->len = p - reason->data;

    ngx_memzero(h, sizeof(ngx_table_elt_t));
    h->hash = 1;
    ngx_str_set(&h->key, "X-Content-Type-Options");
    ngx_str_set(&h->value, "nosniff");

    ngx_str_set(&r->headers_out.content_type, "text/plain");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    return NGX_OK;
}


/* The status and the headers. `*reason` is the body, for end_response(). */
ngx_int_t
ngx_http_corsac_begin_response(ngx_http_request_t *r,
    ngx_http_corsac_ctx_t *ctx, ngx_str_t *reason)
{
    ctx->done = 1;

    if (ngx_http_corsac_set_reason(r, ctx->decision, reason) != NGX_OK) {
        return NGX_ERROR;
    }

    /* An error page that led here must not change the status. */
    r->err_status = 0;
    r->headers_out.status = ctx->decision->status;
    r->headers_out.status_line.len = 0;
    r->headers_out.content_length_n = reason->len;

    return NGX_OK;
}


ngx_int_t
ngx_http_corsac_end_response(ngx_http_request_t *r, ngx_str_t *reason)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    if (reason->len == 0) {
        return ngx_http_send_special(r, NGX_HTTP_LAST);
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = reason->data;
    b->last = reason->data + reason->len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_corsac_respond(ngx_http_request_t *r, ngx_http_corsac_ctx_t *ctx)
{
    ngx_int_t  rc;
    ngx_str_t  reason;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_corsac_begin_response(r, ctx, &reason) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_corsac_end_response(r, &reason);
}
