/*
 * A request is decided once, by the policy of its location (ctx.c).
 *
 * The engine names the headers that it reads, and gets them unchanged. The
 * path is the decoded URI at the time of the decision. A decision points into
 * the image and the headers, which both outlive the request, or it is one
 * that the worker remembers.
 */

#include "ngx_http_corsac_module.h"


/* The names of the headers that the engine reads: a few, and room for more. */
static ngx_str_t   ngx_http_corsac_names[16];
static ngx_uint_t  ngx_http_corsac_nnames;

/* One bit for each of their lengths. The last bit is for all longer names. */
static uint64_t    ngx_http_corsac_lengths;

#define ngx_http_corsac_length(len)  ((uint64_t) 1 << ngx_min(len, 63))


ngx_int_t
ngx_http_corsac_decision_init(void)
{
    ngx_uint_t    i;
    corsac_bytes  name;

    for (i = 0; i < sizeof(ngx_http_corsac_names) / sizeof(ngx_str_t); i++) {

        name = corsac_read_header_name(i);

        if (name.len == 0) {
            ngx_http_corsac_nnames = i;
            return NGX_OK;
        }

        ngx_http_corsac_names[i].data = (u_char *) name.ptr;
        ngx_http_corsac_names[i].len = name.len;
        ngx_http_corsac_lengths |= ngx_http_corsac_length(name.len);
    }

    return NGX_ERROR;
}


static corsac_bytes
ngx_http_corsac_bytes(const ngx_str_t *text)
{
    corsac_bytes  bytes;

    bytes.ptr = text->data;
    bytes.len = text->len;

    return bytes;
}


/* nginx removes spaces around a value, but not tabs, and in HTTP/2 neither. */
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


/* As the client wrote it, because nginx makes a GET of it for an error page. */
static ngx_str_t
ngx_http_corsac_method(ngx_http_request_t *r)
{
    size_t     len;
    ngx_str_t  method;

    for (len = 0; len < r->request_line.len; len++) {
        if (r->request_line.data[len] == ' ') {
            method.data = r->request_line.data;
            method.len = len;
            return method;
        }
    }

    return r->method_name;
}


/*
 * Whether the engine may read a header of this name. This is a quick look: the
 * engine itself compares whole names. `Accept` is as long as `Origin`.
 */
static ngx_uint_t
ngx_http_corsac_may_be_read(const ngx_str_t *name)
{
    u_char      last;
    ngx_str_t  *read, *end;

    end = ngx_http_corsac_names + ngx_http_corsac_nnames;

    for (read = ngx_http_corsac_names; read < end; read++) {

        if (name->len == read->len) {
            last = name->data[name->len - 1];

            if ((last | 0x20) == (read->data[read->len - 1] | 0x20)) {
                return 1;
            }
        }
    }

    return 0;
}


/* The number of headers that the engine may read, and the first of them. */
static ngx_uint_t
ngx_http_corsac_find(ngx_http_request_t *r, ngx_table_elt_t **first)
{
    uint64_t          lengths;
    ngx_uint_t        n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *end;

    n = 0;
    lengths = ngx_http_corsac_lengths;

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;
        end = h + part->nelts;

        for ( /* void */ ; h < end; h++) {

            if ((lengths & ngx_http_corsac_length(h->key.len))
                && ngx_http_corsac_may_be_read(&h->key))
            {
                if (n++ == 0) {
                    *first = h;
                }
            }
        }
    }

    return n;
}


static corsac_result
ngx_http_corsac_read(ngx_http_request_t *r, const ngx_str_t *method,
    corsac_request *request)
{
    corsac_result     result;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *end;

    result = corsac_request_init(request, ngx_http_corsac_bytes(method));

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;
        end = h + part->nelts;

        for ( /* void */ ; h < end && result == CORSAC_OK; h++) {

            if (ngx_http_corsac_lengths & ngx_http_corsac_length(h->key.len)) {
                result = corsac_request_add_header(request,
                                           ngx_http_corsac_bytes(&h->key),
                                           ngx_http_corsac_value(&h->value));
            }
        }
    }

    return result;
}


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
ngx_http_corsac_write_down(ngx_pool_t *pool, const corsac_decision *decision,
    ngx_uint_t report_only)
{
    size_t                       i;
    ngx_str_t                    name;
    ngx_http_corsac_decision_t  *kept;

    kept = ngx_palloc(pool, sizeof(ngx_http_corsac_decision_t)
                            + decision->header_count * sizeof(corsac_header));
    if (kept == NULL) {
        return NULL;
    }

    kept->request_class = decision->request_class;
    kept->denial = decision->denial;
    kept->denial_bytes = decision->denial_bytes;
    kept->status = decision->status;
    kept->replaces_timing = (decision->replaces_timing == 1);
    kept->report_only = report_only;
    kept->credentials = 0;
    kept->header_count = decision->header_count;
    kept->headers = (corsac_header *) (kept + 1);

    ngx_memcpy(kept->headers, decision->headers,
               decision->header_count * sizeof(corsac_header));

    if (report_only) {

        for (i = 0; i < kept->header_count; i++) {
            name.data = (u_char *) kept->headers[i].name.ptr;
            name.len = kept->headers[i].name.len;

            if (ngx_http_corsac_is_named(&name,
                                         "Access-Control-Allow-Credentials"))
            {
                kept->credentials = 1;
            }
        }
    }

    return kept;
}


static ngx_http_corsac_decision_t *
ngx_http_corsac_evaluate(ngx_http_request_t *r,
    const corsac_path_policies *policies, const ngx_str_t *method,
    ngx_uint_t report_only)
{
    corsac_result    result;
    corsac_request   request;
    corsac_decision  decision;

    result = ngx_http_corsac_read(r, method, &request);

    if (result == CORSAC_OK) {
        result = corsac_path_policies_evaluate(policies, &request, &decision);
    }

    if (result != CORSAC_OK) {
        return ngx_http_corsac_fail(r, result);
    }

    return ngx_http_corsac_write_down(r->pool, &decision, report_only);
}


/* The decision that the worker remembers, or a new one. */
static const ngx_http_corsac_decision_t *
ngx_http_corsac_look_up(ngx_http_request_t *r,
    ngx_http_corsac_policy_t *policy, const corsac_path_policies *policies,
    ngx_uint_t report_only)
{
    ngx_str_t                          method;
    ngx_uint_t                         n;
    ngx_table_elt_t                   *header;
    ngx_http_corsac_path_t            *path;
    const ngx_http_corsac_decision_t  *kept;

    header = NULL;
    n = ngx_http_corsac_find(r, &header);

    /* A decision about an ambiguous path contains that path. */

    path = policies->id < policy->npaths
           ? &policy->paths[report_only][policies->id] : NULL;

    if (path && n == 0 && path->plain) {
        return path->plain;
    }

    method = ngx_http_corsac_method(r);

    if (path && n == 1) {
        kept = ngx_http_corsac_recall(path, &method, header);
        if (kept) {
            return kept;
        }
    }

    kept = ngx_http_corsac_evaluate(r, policies, &method, report_only);

    if (kept && path && n == 0) {
        ngx_http_corsac_remember_plain(path, policy->pool, kept);
    }

    if (kept && path && n == 1) {
        ngx_http_corsac_remember(path, policy->pool, &method, header, kept);
    }

    return kept;
}


/* After it the request is off, because no policy has its path, or decided. */
ngx_int_t
ngx_http_corsac_decide(ngx_http_request_t *r, ngx_http_corsac_policy_t *policy,
    ngx_uint_t report_only, ngx_http_corsac_ctx_t *ctx)
{
    corsac_result                      result;
    corsac_path_policies               policies;
    const ngx_http_corsac_decision_t  *decision;

    result = ngx_http_corsac_find_policies(r, &policy->set, &policies);

    if (result == CORSAC_UNTOUCHED) {
        ctx->off = 1;
        return NGX_OK;
    }

    decision = (result == CORSAC_OK)
               ? ngx_http_corsac_look_up(r, policy, &policies, report_only)
               : ngx_http_corsac_fail(r, result);

    if (decision == NULL) {
        return NGX_ERROR;
    }

    ctx->decision = decision;

    if (decision->denial != CORSAC_ALLOWED && !decision->report_only) {
        ngx_http_corsac_log_denial(r, decision);
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_corsac_is_preflight(ngx_http_request_t *r)
{
    int32_t         request_class;
    ngx_str_t       method;
    corsac_request  request;

    method = ngx_http_corsac_method(r);

    return ngx_http_corsac_read(r, &method, &request) == CORSAC_OK
           && corsac_request_class(&request, &request_class) == CORSAC_OK
           && request_class == CORSAC_PREFLIGHT;
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
