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


/* A response header, as nginx has it. nginx never writes to its text. */
static void
ngx_http_corsac_set_header(ngx_table_elt_t *h, const corsac_header *header)
{
    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    h->key.data = (u_char *) header->name.ptr;
    h->key.len = header->name.len;
    h->value.data = (u_char *) header->value.ptr;
    h->value.len = header->value.len;
}


static ngx_http_corsac_decision_t *
ngx_http_corsac_keep(ngx_pool_t *pool, const corsac_decision *evaluated)
{
    ngx_uint_t                   i, n;
    ngx_http_corsac_decision_t  *decision;

    n = evaluated->header_count;

    decision = ngx_palloc(pool, sizeof(ngx_http_corsac_decision_t)
                                + n * sizeof(ngx_table_elt_t));
    if (decision == NULL) {
        return NULL;
    }

    decision->request_class = evaluated->request_class;
    decision->denial = evaluated->denial;
    decision->denial_bytes = evaluated->denial_bytes;
    decision->status = evaluated->status;
    decision->replaces_timing = (evaluated->replaces_timing == 1);
    decision->nheaders = n;
    decision->headers = (ngx_table_elt_t *) (decision + 1);

    for (i = 0; i < n; i++) {
        ngx_http_corsac_set_header(&decision->headers[i],
                                   &evaluated->headers[i]);
    }

    decision->has_vary =
        (n && ngx_http_corsac_is_named(&decision->headers[n - 1].key, "Vary"));

    return decision;
}


/* `policies` is NULL if one policy is for all paths. */
static ngx_http_corsac_decision_t *
ngx_http_corsac_evaluate(ngx_http_request_t *r,
    const ngx_http_corsac_policy_t *policy,
    const corsac_path_policies *policies, ngx_http_corsac_input_t *input)
{
    corsac_result    result;
    corsac_decision  evaluated;

    result = ngx_http_corsac_make_request(input);

    if (result == CORSAC_OK) {
        result = policies
                 ? corsac_path_policies_evaluate(policies, &input->request,
                                                 &evaluated)
                 : corsac_policy_evaluate(&policy->single, &input->request,
                                          &evaluated);
    }

    if (result != CORSAC_OK) {
        return ngx_http_corsac_fail(r, result);
    }

    return ngx_http_corsac_keep(r->pool, &evaluated);
}


/* After it the request is off, because no policy has its path, or decided. */
ngx_int_t
ngx_http_corsac_decide(ngx_http_request_t *r, ngx_http_corsac_policy_t *policy,
    ngx_http_corsac_ctx_t *ctx)
{
    ngx_uint_t                         id;
    corsac_result                      result;
    corsac_path_policies               found, *policies;
    ngx_http_corsac_path_t            *path;
    ngx_http_corsac_input_t            input;
    const ngx_http_corsac_decision_t  *decision;

    if (policy->single.image) {
        policies = NULL;
        id = 0;

    } else {
        policies = &found;
        result = ngx_http_corsac_find_policies(r, &policy->set, policies);

        if (result == CORSAC_UNTOUCHED) {
            ctx->off = 1;
            return NGX_OK;
        }

        if (result != CORSAC_OK) {
            (void) ngx_http_corsac_fail(r, result);
            return NGX_ERROR;
        }

        id = policies->id;
    }

    path = &policy->paths[ngx_min(id, policy->npaths)];

    ngx_http_corsac_read_headers(r, &input);

    decision = ngx_http_corsac_cache_lookup(path, &input);

    if (decision == NULL) {

        decision = ngx_http_corsac_evaluate(r, policy, policies, &input);
        if (decision == NULL) {
            return NGX_ERROR;
        }

        /* A decision about an ambiguous path contains that path. */

        if (id != CORSAC_AMBIGUOUS_ID) {
            ngx_http_corsac_cache_add(path, policy->pool, &input, decision);
        }
    }

    ctx->path = path;
    ctx->decision = decision;

    if (decision->denial != CORSAC_ALLOWED && !ctx->report_only) {
        ngx_http_corsac_log_denial(r, policy, path, decision);
    }

    return NGX_OK;
}


/* The header of this name, in any case, that the decision adds, or NULL. */
const ngx_table_elt_t *
ngx_http_corsac_decided_header(const ngx_http_corsac_decision_t *decision,
    const ngx_str_t *name)
{
    const ngx_table_elt_t  *h, *end;

    end = decision->headers + decision->nheaders;

    for (h = decision->headers; h < end; h++) {

        if (h->key.len == name->len
            && ngx_strncasecmp(h->key.data, name->data, name->len) == 0)
        {
            return h;
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
