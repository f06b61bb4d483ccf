/*
 * A request is decided once, by the first block with `cors on` that it comes to, and keeps the decision: internal redirects clear what
 * modules know of a request, and an error page has a method and a location of its own. So it stands among the request's variables, under a
 * name that no configuration can write.
 *
 * Every line that the engine reads goes to it as it came; which these are, it says itself. The decision points into the policy and the
 * lines, both of which outlive the request; or it is one that was known before, and whose memory is the worker's.
 */

#include "ngx_http_corsac_module.h"


/* The names of the lines that the engine reads: a few, and room for more. */
static ngx_str_t   ngx_http_corsac_names[16];
static ngx_uint_t  ngx_http_corsac_nnames;

/* One bit for each length that they have; the last one also for all that is longer. */
static uint64_t    ngx_http_corsac_lengths;

#define ngx_http_corsac_length(len)  ((uint64_t) 1 << ngx_min(len, 63))


/* Nobody asks for its value: only its place is used. */
static ngx_int_t
ngx_http_corsac_keeper(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    v->not_found = 1;

    return NGX_OK;
}


ngx_int_t
ngx_http_corsac_decision_init(ngx_conf_t *cf)
{
    ngx_str_t                     keeper;
    ngx_uint_t                    i;
    corsac_bytes                  name;
    ngx_http_variable_t          *var;
    ngx_http_corsac_main_conf_t  *cmcf;

    ngx_str_set(&keeper, "decision of cors");

    var = ngx_http_add_variable(cf, &keeper, NGX_HTTP_VAR_NOHASH);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->get_handler = ngx_http_corsac_keeper;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);

    cmcf->keeper = ngx_http_get_variable_index(cf, &keeper);
    if (cmcf->keeper == NGX_ERROR) {
        return NGX_ERROR;
    }

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


/* Whether the engine may read a line of this name: whether it does, it says itself. `Accept` is as long as `Origin`. */
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


/* How many lines the engine may read, and the first of them. */
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


static size_t
ngx_http_corsac_size(const corsac_decision *decision)
{
    return sizeof(ngx_http_corsac_decision_t)
           + decision->header_count * sizeof(corsac_header);
}


static void
ngx_http_corsac_write_down(const corsac_decision *decision,
    const ngx_http_corsac_loc_conf_t *conf, ngx_http_corsac_decision_t *kept)
{
    kept->request_class = decision->request_class;
    kept->denial = decision->denial;
    kept->denial_bytes = decision->denial_bytes;
    kept->status = decision->status;
    kept->replaces_timing = (decision->replaces_timing == 1);
    kept->report_only = conf->report_only;
    kept->credentials = conf->report_only
                        && corsac_policy_allows_credentials(conf->policy) == 1;
    kept->done = 0;
    kept->header_count = decision->header_count;
    kept->headers = (corsac_header *) (kept + 1);

    ngx_memcpy(kept->headers, decision->headers,
               decision->header_count * sizeof(corsac_header));
}


/* Of a request without a line that the engine reads nothing else counts: there is one decision for all of them. Nobody writes to what is shared. */
ngx_int_t
ngx_http_corsac_decide_plain(ngx_conf_t *cf, ngx_http_corsac_loc_conf_t *conf)
{
    corsac_bytes     method;
    corsac_request   request;
    corsac_decision  decision;

    method.ptr = (u_char *) "GET";
    method.len = 3;

    if (corsac_request_init(&request, method) != CORSAC_OK
        || corsac_policy_evaluate(conf->policy, &request, &decision) != CORSAC_OK)
    {
        return NGX_ERROR;
    }

    conf->plain = ngx_palloc(cf->pool, ngx_http_corsac_size(&decision));
    if (conf->plain == NULL) {
        return NGX_ERROR;
    }

    ngx_http_corsac_write_down(&decision, conf, conf->plain);

    /* There is nothing to report either. */
    conf->plain->done = 1;

    conf->known = ngx_http_corsac_create_known(cf->pool);

    return conf->known ? NGX_OK : NGX_ERROR;
}


static ngx_http_corsac_decision_t *
ngx_http_corsac_judge(ngx_http_request_t *r,
    const ngx_http_corsac_loc_conf_t *conf, const ngx_str_t *method)
{
    corsac_bytes                 text;
    corsac_result                result;
    corsac_request               request;
    corsac_decision              decision;
    ngx_http_corsac_decision_t  *kept;

    result = ngx_http_corsac_read(r, method, &request);

    if (result == CORSAC_OK) {
        result = corsac_policy_evaluate(conf->policy, &request, &decision);
    }

    if (result != CORSAC_OK) {
        text = corsac_result_text(result);
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "cors: no decision: %*s", text.len, text.ptr);
        return NULL;
    }

    kept = ngx_palloc(r->pool, ngx_http_corsac_size(&decision));

    if (kept) {
        ngx_http_corsac_write_down(&decision, conf, kept);
    }

    return kept;
}


ngx_http_corsac_decision_t *
ngx_http_corsac_decide(ngx_http_request_t *r, ngx_http_corsac_loc_conf_t *conf)
{
    ngx_str_t                     method;
    ngx_uint_t                    n;
    ngx_table_elt_t              *line;
    ngx_http_corsac_decision_t   *kept;
    ngx_http_corsac_main_conf_t  *cmcf;

    kept = conf->plain;
    n = ngx_http_corsac_find(r, &line);

    if (n) {
        method = ngx_http_corsac_method(r);

        kept = n == 1 ? ngx_http_corsac_recall(conf->known, &method, line)
                      : NULL;

        if (kept == NULL) {
            kept = ngx_http_corsac_judge(r, conf, &method);
            if (kept == NULL) {
                return NULL;
            }

            if (n == 1) {
                ngx_http_corsac_remember(conf->known, &method, line, kept);
            }
        }
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);
    r->variables[cmcf->keeper].data = (u_char *) kept;

    if (kept->denial != CORSAC_ALLOWED && !kept->report_only) {
        ngx_http_corsac_log_denial(r, kept);
    }

    return kept;
}


/* What the request is does not depend on the policy: any will do. */
ngx_uint_t
ngx_http_corsac_is_preflight(ngx_http_request_t *r, const corsac_policy *policy)
{
    ngx_str_t        method;
    corsac_request   request;
    corsac_decision  decision;

    method = ngx_http_corsac_method(r);

    return ngx_http_corsac_read(r, &method, &request) == CORSAC_OK
           && corsac_policy_evaluate(policy, &request, &decision) == CORSAC_OK
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
