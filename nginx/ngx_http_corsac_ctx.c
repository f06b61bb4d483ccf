/*
 * Whether a policy applies to a request. A request is open until it enters a
 * location where `cors` is on or off; then it keeps what that location says.
 *
 * A preflight says what may follow it, so an open one must not get its policy
 * from a place that only an error or an upstream's response leads to: the
 * request after it would meet no error and get no policy. It becomes off.
 *
 * Internal redirects clear the contexts of modules. A cleanup handler of the
 * request's pool keeps this one, as in the realip module.
 */

#include "ngx_http_corsac_module.h"


static void
ngx_http_corsac_cleanup(void *data)
{
    /* Only the address of this function is used: it marks the context. */
}


/* Finds the context that nginx has cleared, or NULL if there was none. */
ngx_http_corsac_ctx_t *
ngx_http_corsac_restore_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {

        if (cln->handler == ngx_http_corsac_cleanup) {
            ngx_http_set_ctx(r, cln->data, ngx_http_corsac_module);
            return cln->data;
        }
    }

    return NULL;
}


static ngx_http_corsac_ctx_t *
ngx_http_corsac_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t     *cln;
    ngx_http_corsac_ctx_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_corsac_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_corsac_ctx_t));

    cln->handler = ngx_http_corsac_cleanup;
    ngx_http_set_ctx(r, ctx, ngx_http_corsac_module);

    return ctx;
}


/*
 * Whether an error or an upstream's response led the request here. Most
 * errors leave a trace in the request: `error_page` and X-Accel-Redirect also
 * make a GET of it. `error_page ... = @name` with `recursive_error_pages on`
 * leaves none, so the location it came from matters.
 */
static unsigned
ngx_http_corsac_is_misled(ngx_http_request_t *r,
    const ngx_http_corsac_ctx_t *ctx)
{
    ngx_http_core_loc_conf_t     *clcf;
    ngx_http_corsac_main_conf_t  *cmcf;

    if (r->error_page || r->err_status || r->upstream
        || r->method != NGX_HTTP_OPTIONS)
    {
        return 1;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!clcf->named) {
        return 0;
    }

    if (ctx->location == NULL) {
        /* An error of the server, or of a location before its phases. */
        return 1;
    }

    if (ctx->location->hides_errors) {
        return 1;
    }

    /* Each rewrite and each internal redirect counts uri_changes down. */

    if (ctx->uri_changes - r->uri_changes == 1) {
        return 0;
    }

    /* A rewrite may have led to a location that failed before its phases. */

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    return cmcf->hides_errors ? 1 : 0;
}


/* A preflight gets no policy. The log names the location that has one. */
static void
ngx_http_corsac_log_misled(ngx_http_request_t *r,
    const ngx_http_corsac_ctx_t *ctx)
{
    ngx_http_core_loc_conf_t     *clcf;
    ngx_http_corsac_main_conf_t  *cmcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    ngx_http_corsac_log(r, NGX_LOG_NOTICE, &cmcf->misled,
                        "the policy of location \"%V\" is not used for this "
                        "preflight, because %s: set \"cors on\" in the "
                        "location of the request",
                        &clcf->name,
                        ctx->readable
                            ? "an error page or the response of an upstream "
                              "led there"
                            : "nginx refused it as no valid request");
}


/*
 * What the current location says counts if the request is still open. A
 * request without a context gets one if its location says something.
 */
ngx_int_t
ngx_http_corsac_enter(ngx_http_request_t *r, ngx_http_corsac_ctx_t **pctx)
{
    ngx_http_corsac_ctx_t       *ctx;
    ngx_http_corsac_policy_t    *policy;
    ngx_http_corsac_loc_conf_t  *conf;

    ctx = *pctx;

    if (ctx && (ctx->decision || ctx->off)) {
        return NGX_OK;
    }

    conf = ngx_http_get_module_loc_conf(r, ngx_http_corsac_module);

    if (conf->enabled == NGX_CONF_UNSET) {
        return NGX_OK;
    }

    if (ctx == NULL) {
        ctx = ngx_http_corsac_create_ctx(r);
        if (ctx == NULL) {
            return NGX_ERROR;
        }

        *pctx = ctx;
    }

    if (!conf->enabled) {
        ctx->off = 1;
        return NGX_OK;
    }

    if (r->internal
        && (ctx->misled || !ctx->readable)
        && ngx_http_corsac_is_preflight(r))
    {
        ngx_http_corsac_log_misled(r, ctx);
        ctx->off = 1;
        return NGX_OK;
    }

    policy = conf->policy;

    if (conf->choice
        && ngx_http_corsac_choose_policy(r, conf->choice, &policy) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (policy == NULL) {
        ctx->off = 1;
        return NGX_OK;
    }

    ctx->report_only = conf->report_only;

    return ngx_http_corsac_decide(r, policy, ctx);
}


/*
 * In the first phase. An OPTIONS request that did not come through it was
 * refused while nginx read it. Only preflights, which are OPTIONS requests,
 * need this.
 */
ngx_int_t
ngx_http_corsac_post_read_handler(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t  *ctx;

    if (r->method != NGX_HTTP_OPTIONS || r != r->main) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_corsac_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->readable = 1;

    return NGX_DECLINED;
}


/*
 * Where an internal redirect begins. It is the time to look what led here:
 * the response of this place can leave a trace of its own.
 */
ngx_int_t
ngx_http_corsac_redirect_handler(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t  *ctx;

    if (!r->internal || r != r->main) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_corsac_get_ctx(r);

    if (ctx && ctx->readable) {
        ctx->misled |= ngx_http_corsac_is_misled(r, ctx);
        ctx->location = NULL;
    }

    return NGX_DECLINED;
}


/* In the first phase of each location. */
ngx_int_t
ngx_http_corsac_location_handler(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t  *ctx;

    /* With `post_action`, a request goes on after its response has left. */

    if (r != r->main || r->header_sent) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_corsac_get_ctx(r);

    if (ctx && ctx->readable && r->internal) {
        ctx->misled |= ngx_http_corsac_is_misled(r, ctx);
    }

    if (ngx_http_corsac_enter(r, &ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx == NULL || !ctx->readable) {
        return NGX_DECLINED;
    }

    ctx->location = ngx_http_get_module_loc_conf(r, ngx_http_corsac_module);
    ctx->uri_changes = r->uri_changes;

    return ngx_http_corsac_is_pending(ctx)
           ? ngx_http_corsac_respond(r, ctx) : NGX_DECLINED;
}
