/*
 * Report only: the response stays as it is. One line of the log says what the
 * response would have been, and whether a browser accepts the present one.
 *
 * nginx cannot see whether the page sends credentials, so both are checked.
 * This needs lists, which are in the pool of the request.
 */

#include "ngx_http_corsac_module.h"


/* The first failure that a browser finds in a response. */
typedef struct {
    ngx_uint_t                  blocked;
    size_t                      len;
    u_char                      sentence[CORSAC_MESSAGE_MAX];
} ngx_http_corsac_verdict_t;


static void
ngx_http_corsac_on_blocked(void *data, const corsac_blocked *blocked)
{
    ngx_http_corsac_verdict_t  *verdict = data;

    if (verdict->blocked) {
        return;
    }

    verdict->blocked = 1;
    verdict->len = ngx_min(blocked->sentence.len, sizeof(verdict->sentence));
    ngx_memcpy(verdict->sentence, blocked->sentence.ptr, verdict->len);
}


static corsac_bytes
ngx_http_corsac_text(const char *text)
{
    corsac_bytes  bytes;

    bytes.ptr = (const u_char *) text;
    bytes.len = ngx_strlen(text);

    return bytes;
}


/* The script's request, as far as the request shows it. */
static ngx_int_t
ngx_http_corsac_guess_request(ngx_http_request_t *r,
    corsac_script_request *request)
{
    corsac_bytes              url;
    corsac_header            *headers;
    ngx_http_corsac_input_t   input;

    /* No page has this site. */
    url = ngx_http_corsac_text("https://nginx.invalid/");

    headers = ngx_palloc(r->pool,
                         CORSAC_EXPLAIN_LINES_MAX * sizeof(corsac_header));
    if (headers == NULL) {
        return NGX_ERROR;
    }

    ngx_http_corsac_read_headers(r, &input);

    if (ngx_http_corsac_make_request(&input) != CORSAC_OK
        || corsac_script_request_of(&input.request, url, headers,
                                    CORSAC_EXPLAIN_LINES_MAX, request)
           != CORSAC_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_collect_response(ngx_http_request_t *r,
    corsac_response *response)
{
    ngx_uint_t        i;
    ngx_array_t       lines;
    corsac_header    *header;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    if (ngx_array_init(&lines, r->pool, 16, sizeof(corsac_header)) != NGX_OK) {
        return NGX_ERROR;
    }

    for (part = &r->headers_out.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash == 0) {
                continue;
            }

            header = ngx_array_push(&lines);
            if (header == NULL) {
                return NGX_ERROR;
            }

            header->name.ptr = h[i].key.data;
            header->name.len = h[i].key.len;
            header->value.ptr = h[i].value.data;
            header->value.len = h[i].value.len;
        }
    }

    response->status = r->headers_out.status;
    response->headers = lines.elts;
    response->header_count = lines.nelts;

    return NGX_OK;
}


static ngx_int_t
ngx_http_corsac_explain(const corsac_script_request *request,
    const corsac_response *response, ngx_uint_t preflight,
    ngx_http_corsac_verdict_t *verdict)
{
    corsac_hop        hop;
    corsac_judgement  judgement;

    ngx_memzero(&hop, sizeof(hop));
    hop.url = request->url;

    if (preflight) {
        hop.preflight = response;

    } else {
        hop.response = response;
    }

    verdict->blocked = 0;

    if (corsac_explain(request, &hop, 1, CORSAC_PROFILE_SPEC,
                       ngx_http_corsac_on_blocked, verdict, &judgement)
        != CORSAC_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * What a browser does with the application's own response. The text mentions
 * credentials only if the response and the policy differ.
 */
static u_char *
ngx_http_corsac_own_response(ngx_http_request_t *r, ngx_uint_t preflight,
    ngx_uint_t credentials, u_char *p, u_char *last)
{
    corsac_response            response;
    corsac_script_request      request;
    ngx_http_corsac_verdict_t  verdict;

    if (ngx_http_corsac_guess_request(r, &request) != NGX_OK
        || ngx_http_corsac_collect_response(r, &response) != NGX_OK)
    {
        goto unknown;
    }

    request.credentials = CORSAC_CREDENTIALS_OMIT;

    if (ngx_http_corsac_explain(&request, &response, preflight, &verdict)
        != NGX_OK)
    {
        goto unknown;
    }

    if (verdict.blocked) {
        return ngx_slprintf(p, last, "would not pass: %*s",
                            verdict.len, verdict.sentence);
    }

    request.credentials = CORSAC_CREDENTIALS_INCLUDE;

    if (ngx_http_corsac_explain(&request, &response, preflight, &verdict)
        != NGX_OK)
    {
        goto unknown;
    }

    if (!verdict.blocked) {
        return ngx_slprintf(p, last, credentials ? "would pass"
                            : "would pass, with credentials too");
    }

    if (!credentials) {
        return ngx_slprintf(p, last, "would pass");
    }

    return ngx_slprintf(p, last, "would pass without credentials only: %*s",
                        verdict.len, verdict.sentence);

unknown:

    return ngx_slprintf(p, last, "could not be checked: too many headers");
}


void
ngx_http_corsac_report(ngx_http_request_t *r,
    const ngx_http_corsac_decision_t *decision)
{
    u_char                  line[NGX_MAX_ERROR_STR], *p, *last;
    u_char                  message[CORSAC_MESSAGE_MAX];
    size_t                  len;
    ngx_str_t               name;
    ngx_uint_t              preflight;
    const ngx_table_elt_t  *credentials;

    preflight = (decision->request_class == CORSAC_PREFLIGHT);

    if (decision->request_class == CORSAC_PLAIN
        || r->connection->log->log_level < NGX_LOG_NOTICE
        || (!preflight && ngx_http_corsac_is_own_page(r)))
    {
        return;
    }

    last = line + sizeof(line);

    p = ngx_slprintf(line, last, "%s%s",
                     preflight ? "preflight would be "
                               : "response would be ",
                     decision->denial == CORSAC_ALLOWED
                         ? (preflight ? "allowed" : "shared")
                         : (preflight ? "denied" : "kept from the page"));

    if (preflight) {
        p = ngx_slprintf(p, last, " with status %ui", decision->status);
    }

    if (decision->denial != CORSAC_ALLOWED) {
        len = ngx_http_corsac_denial_message(decision, message);
        p = ngx_slprintf(p, last, ": %*s", len, message);
    }

    p = ngx_slprintf(p, last, "; the application's own, %ui%s, ",
                     r->headers_out.status,
                     preflight && ngx_http_corsac_is_redirect(r)
                         ? " (a redirect)" : "");

    ngx_str_set(&name, "Access-Control-Allow-Credentials");

    credentials = ngx_http_corsac_decided_header(decision, &name);

    p = ngx_http_corsac_own_response(r, preflight, credentials != NULL, p,
                                     last);

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                  "cors: report only: %*s", p - line, line);
}
