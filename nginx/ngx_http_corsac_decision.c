/*
 * A request is decided once, by the first block with `cors on` that it comes to, and keeps the decision: internal redirects clear what
 * modules know of a request, and an error page has a method and a location of its own. So it stands in a cleanup of the request's pool.
 *
 * Every line goes to the engine as it came. The decision points into the policy and the lines, both of which outlive the request.
 */

#include "ngx_http_corsac_module.h"


/* Does nothing: its address is how the decision is found again. */
static void
ngx_http_corsac_cleanup(void *data)
{
}


ngx_http_corsac_decision_t *
ngx_http_corsac_kept(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_corsac_decision_t  *decision;

    decision = ngx_http_get_module_ctx(r, ngx_http_corsac_module);

    if (decision == NULL && (r->internal || r->filter_finalize)) {

        for (cln = r->pool->cleanup; cln; cln = cln->next) {
            if (cln->handler == ngx_http_corsac_cleanup) {
                decision = cln->data;
                ngx_http_set_ctx(r, decision, ngx_http_corsac_module);
                break;
            }
        }
    }

    return decision;
}


static corsac_bytes
ngx_http_corsac_bytes(const ngx_str_t *text)
{
    corsac_bytes  bytes;

    bytes.ptr = text->data;
    bytes.len = text->len;

    return bytes;
}


/* nginx takes the spaces around a value away, but no tabs; and neither of HTTP/2's. */
static corsac_bytes
ngx_http_corsac_value(const ngx_str_t *text)
{
    corsac_bytes  value;

    value = ngx_http_corsac_bytes(text);

    while (value.len && (value.ptr[0] == ' ' || value.ptr[0] == '\t')) {
        value.ptr++;
        value.len--;
    }

    while (value.len && (value.ptr[value.len - 1] == ' '
                         || value.ptr[value.len - 1] == '\t'))
    {
        value.len--;
    }

    return value;
}


/* As the client wrote it: an error page is a GET to nginx, whatever the request was. */
static corsac_bytes
ngx_http_corsac_method(ngx_http_request_t *r)
{
    size_t        len;
    corsac_bytes  method;

    for (len = 0; len < r->request_line.len; len++) {
        if (r->request_line.data[len] == ' ') {
            method.ptr = r->request_line.data;
            method.len = len;
            return method;
        }
    }

    return ngx_http_corsac_bytes(&r->method_name);
}


static corsac_result
ngx_http_corsac_evaluate(ngx_http_request_t *r, const corsac_policy *policy,
    corsac_decision *decision)
{
    ngx_uint_t        i;
    corsac_result     result;
    corsac_request    request;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    result = corsac_request_init(&request, ngx_http_corsac_method(r));

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts && result == CORSAC_OK; i++) {
            result = corsac_request_header(&request,
                                           ngx_http_corsac_bytes(&h[i].key),
                                           ngx_http_corsac_value(&h[i].value));
        }
    }

    if (result != CORSAC_OK) {
        return result;
    }

    return corsac_evaluate(policy, &request, decision);
}


ngx_http_corsac_decision_t *
ngx_http_corsac_decide(ngx_http_request_t *r, ngx_http_corsac_loc_conf_t *conf)
{
    corsac_bytes                 text;
    corsac_result                result;
    corsac_decision              decision;
    ngx_pool_cleanup_t          *cln;
    ngx_http_corsac_decision_t  *kept;

    result = ngx_http_corsac_evaluate(r, conf->policy, &decision);

    if (result != CORSAC_OK) {
        text = corsac_result_text(result);
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "cors: no decision: %*s", text.len, text.ptr);
        return NULL;
    }

    cln = ngx_pool_cleanup_add(r->pool,
                               sizeof(ngx_http_corsac_decision_t)
                               + decision.header_count * sizeof(corsac_header));
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_corsac_cleanup;

    kept = cln->data;
    ngx_memzero(kept, sizeof(ngx_http_corsac_decision_t));

    kept->request_class = decision.request_class;
    kept->denial = decision.denial;
    kept->denial_bytes = decision.denial_bytes;
    kept->status = decision.status;
    kept->report_only = conf->report_only;
    kept->credentials = (corsac_policy_allows_credentials(conf->policy) == 1);
    kept->header_count = decision.header_count;
    kept->headers = (corsac_header *) (kept + 1);

    ngx_memcpy(kept->headers, decision.headers,
               decision.header_count * sizeof(corsac_header));

    ngx_http_set_ctx(r, kept, ngx_http_corsac_module);

    if (kept->denial != CORSAC_ALLOWED && !kept->report_only) {
        ngx_http_corsac_log_denial(r, kept);
    }

    return kept;
}


/* What the request is does not depend on the policy: any will do. */
ngx_uint_t
ngx_http_corsac_is_preflight(ngx_http_request_t *r, const corsac_policy *policy)
{
    corsac_decision  decision;

    return ngx_http_corsac_evaluate(r, policy, &decision) == CORSAC_OK
           && decision.request_class == CORSAC_PREFLIGHT;
}


/* One escaped line. Returns its length. */
size_t
ngx_http_corsac_denial_message(const ngx_http_corsac_decision_t *kept,
    u_char buffer[CORSAC_MESSAGE_MAX])
{
    size_t           len;
    corsac_decision  decision;

    ngx_memzero(&decision, sizeof(corsac_decision));

    decision.request_class = kept->request_class;
    decision.denial = kept->denial;
    decision.denial_bytes = kept->denial_bytes;

    if (corsac_denial_message(&decision, buffer, CORSAC_MESSAGE_MAX, &len)
        != CORSAC_OK)
    {
        return 0;
    }

    return len;
}
