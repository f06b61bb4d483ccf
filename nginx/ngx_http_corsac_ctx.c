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


/* The context of a main request, or NULL if it has none yet. */
ngx_http_corsac_ctx_t *
ngx_http_corsac_find_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t     *cln;
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_corsac_module);

    if (ctx || !(r->internal || r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {

        if (cln->handler == ngx_http_corsac_cleanup) {
            ctx = cln->data;
            ngx_http_set_ctx(r, ctx, ngx_http_corsac_module);
            break;
        }
    }

    return ctx;
}


ngx_http_corsac_ctx_t *
ngx_http_corsac_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t     *cln;
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_http_corsac_find_ctx(r);

    if (ctx) {
        return ctx;
    }

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

    if (r->uri.data == ctx->uri.data && r->uri.len == ctx->uri.len) {
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
 * What the current location says counts if the request is still open. The
 * header filter calls it, too: some responses leave before the phases of a
 * location.
 */
ngx_int_t
ngx_http_corsac_enter(ngx_http_request_t *r, ngx_http_corsac_ctx_t *ctx)
{
    ngx_http_corsac_policy_t    *policy;
    ngx_http_corsac_loc_conf_t  *conf;

    if (ctx->off || ctx->decision) {
        return NGX_OK;
    }

    conf = ngx_http_get_module_loc_conf(r, ngx_http_corsac_module);

    if (conf->enabled == NGX_CONF_UNSET) {
        return NGX_OK;
    }

    if (!conf->enabled) {
        ctx->off = 1;
        return NGX_OK;
    }

    if ((ctx->misled || (r->internal && !ctx->readable))
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
 * In the first phase, and again where an internal redirect begins. All of it
 * is for preflights, which are OPTIONS requests. One that did not come
 * through the first phase was refused while nginx read it.
 */
ngx_int_t
ngx_http_corsac_begin_handler(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t        *ctx;
    ngx_http_corsac_main_conf_t  *cmcf;

    if (r != r->main || (!r->internal && r->method != NGX_HTTP_OPTIONS)) {
        return NGX_DECLINED;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    if (!cmcf->has_policy) {
        return NGX_DECLINED;
    }

    if (!r->internal) {
        ctx = ngx_http_corsac_get_ctx(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->readable = 1;

        return NGX_DECLINED;
    }

    ctx = ngx_http_corsac_find_ctx(r);

    if (ctx) {
        ctx->misled |= ngx_http_corsac_is_misled(r, ctx);
        ctx->location = NULL;
    }

    return NGX_DECLINED;
}


/* In the first phase of each location. */
ngx_int_t
ngx_http_corsac_location_handler(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t        *ctx;
    ngx_http_corsac_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    /* With `post_action`, a request goes on after its response has left. */

    if (r != r->main || !cmcf->has_policy || r->header_sent) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_corsac_get_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->internal) {
        ctx->misled |= ngx_http_corsac_is_misled(r, ctx);
    }

    if (ngx_http_corsac_enter(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->location = ngx_http_get_module_loc_conf(r, ngx_http_corsac_module);
    ctx->uri = r->uri;

    return ngx_http_corsac_is_pending(ctx)
           ? ngx_http_corsac_respond(r, ctx) : NGX_DECLINED;
}
