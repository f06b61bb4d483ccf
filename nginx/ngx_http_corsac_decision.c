/*
 * A request is decided once, by the policy of its location (ctx.c). The path
 * is the decoded URI at that time.
 *
 * A decision points into the image of the policy and the headers, which both
 * outlive the request, or it is one that the worker keeps (cache.c).
 */

#include "ngx_http_corsac_module.h"


static void *
ngx_http_corsac_fail(ngx_http_request_t *r, corsac_result result)
{
    corsac_bytes  text;

    text = corsac_result_text(result);

    ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                  "cors: no decision: %*s", text.len, text.ptr);

    return NULL;
}


static corsac_result
ngx_http_corsac_find_policies(ngx_http_request_t *r,
    const corsac_policy_set *set, corsac_path_policies *policies)
{
    corsac_request_path  path;

    path.decoded = ngx_http_corsac_bytes(&r->uri);
    path.raw = ngx_http_corsac_bytes(&r->unparsed_uri);

    if (path.decoded.ptr == NULL) {
        /* nginx could not read the request line. */
        path.decoded.ptr = (u_char *) "";
    }

    return corsac_policy_set_at(set, &path, policies);
}


static ngx_http_corsac_decision_t *
ngx_http_corsac_evaluate(ngx_http_request_t *r,
    const corsac_path_policies *policies, ngx_http_corsac_input_t *input)
{
    corsac_result                result;
    corsac_decision              evaluated;
    ngx_http_corsac_decision_t  *decision;

    result = ngx_http_corsac_make_request(input);

    if (result == CORSAC_OK) {
        result = corsac_path_policies_evaluate(policies, &input->request,
                                               &evaluated);
    }

    if (result != CORSAC_OK) {
        return ngx_http_corsac_fail(r, result);
    }

    decision = ngx_palloc(r->pool, sizeof(ngx_http_corsac_decision_t)
                              + evaluated.header_count * sizeof(corsac_header));
    if (decision == NULL) {
        return NULL;
    }

    decision->request_class = evaluated.request_class;
    decision->denial = evaluated.denial;
    decision->denial_bytes = evaluated.denial_bytes;
    decision->status = evaluated.status;
    decision->replaces_timing = (evaluated.replaces_timing == 1);
    decision->header_count = evaluated.header_count;
    decision->headers = (corsac_header *) (decision + 1);

    ngx_memcpy(decision->headers, evaluated.headers,
               evaluated.header_count * sizeof(corsac_header));

    return decision;
}


/* The decision that the worker keeps, or a new one. */
static const ngx_http_corsac_decision_t *
ngx_http_corsac_get_decision(ngx_http_request_t *r,
    ngx_http_corsac_policy_t *policy, const corsac_path_policies *policies,
    ngx_http_corsac_path_t *path)
{
    ngx_http_corsac_input_t            input;
    const ngx_http_corsac_decision_t  *decision;

    ngx_http_corsac_read_headers(r, &input);

    if (path) {
        decision = ngx_http_corsac_cache_lookup(path, &input);
        if (decision) {
            return decision;
        }
    }

    decision = ngx_http_corsac_evaluate(r, policies, &input);

    /* A decision about an ambiguous path contains that path. */

    if (decision && path && policies->id != CORSAC_AMBIGUOUS_ID) {
        ngx_http_corsac_cache_add(path, policy->pool, &input, decision);
    }

    return decision;
}


/* After it the request is off, because no policy has its path, or decided. */
ngx_int_t
ngx_http_corsac_decide(ngx_http_request_t *r, ngx_http_corsac_policy_t *policy,
    ngx_http_corsac_ctx_t *ctx)
{
    corsac_result            result;
    corsac_path_policies     policies;
    ngx_http_corsac_path_t  *path;

    result = ngx_http_corsac_find_policies(r, &policy->set, &policies);

    if (result == CORSAC_UNTOUCHED) {
        ctx->off = 1;
        return NGX_OK;
    }

    if (result != CORSAC_OK) {
        (void) ngx_http_corsac_fail(r, result);
        return NGX_ERROR;
    }

    path = ngx_http_corsac_get_path(policy, policies.id);

    ctx->path = path;
    ctx->decision = ngx_http_corsac_get_decision(r, policy, &policies, path);

    if (ctx->decision == NULL) {
        return NGX_ERROR;
    }

    if (ctx->decision->denial != CORSAC_ALLOWED && !ctx->report_only) {
        ngx_http_corsac_log_denial(r, policy, path, ctx->decision);
    }

    return NGX_OK;
}


/* The header of this name, in any case, that the decision adds, or NULL. */
const corsac_header *
ngx_http_corsac_decided_header(const ngx_http_corsac_decision_t *decision,
    const ngx_str_t *name)
{
    const corsac_header  *header, *end;

    end = decision->headers + decision->header_count;

    for (header = decision->headers; header < end; header++) {

        if (header->name.len == name->len
            && ngx_strncasecmp((u_char *) header->name.ptr, name->data,
                               name->len)
               == 0)
        {
            return header;
        }
    }

    return NULL;
}


/* One escaped line. Returns its length. */
size_t
ngx_http_corsac_denial_message(const ngx_http_corsac_decision_t *decision,
    u_char buffer[CORSAC_MESSAGE_MAX])
{
    size_t           len;
    corsac_decision  denied;

    /* corsac_denial_message() reads nothing else. */

    ngx_memzero(&denied, sizeof(corsac_decision));

    denied.request_class = decision->request_class;
    denied.denial = decision->denial;
    denied.denial_bytes = decision->denial_bytes;

    if (corsac_denial_message(&denied, buffer, CORSAC_MESSAGE_MAX, &len)
        != CORSAC_OK)
    {
        return 0;
    }

    return len;
}
