/*
 * What the engine reads of a request. The engine names the headers, and gets
 * them unchanged; nothing else of a request matters to it but its method.
 */

#include "ngx_http_corsac_module.h"


/* The headers that the engine reads: a few, and room for more. */
#define NGX_HTTP_CORSAC_READ_NAMES  16

/*
 * One bit for each of their lengths, and for each length one bit for each of
 * their last letters, in upper and lower case. (`Accept` is as long as
 * `Origin`.) Longer names share bits: the engine itself compares whole names.
 */
static uint64_t  ngx_http_corsac_read_lengths;
static uint32_t  ngx_http_corsac_read_letters[64];

#define ngx_http_corsac_length(len)  ((uint64_t) 1 << ((len) & 0x3f))
#define ngx_http_corsac_letter(ch)   ((uint32_t) 1 << ((ch) & 0x1f))


ngx_int_t
ngx_http_corsac_init_request(void)
{
    ngx_uint_t    i;
    corsac_bytes  name;

    for (i = 0; i < NGX_HTTP_CORSAC_READ_NAMES; i++) {

        name = corsac_read_header_name(i);

        if (name.len == 0) {
            return NGX_OK;
        }

        ngx_http_corsac_read_lengths |= ngx_http_corsac_length(name.len);
        ngx_http_corsac_read_letters[name.len & 0x3f] |=
            ngx_http_corsac_letter(name.ptr[name.len - 1]);
    }

    return NGX_ERROR;
}


/* nginx leaves tabs around a value, and in HTTP/2 spaces as well. */
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


/*
 * The method as the client wrote it. `error_page` and X-Accel-Redirect make
 * "GET" of r->method_name; only the request line still has it then.
 */
static ngx_str_t
ngx_http_corsac_read_method(ngx_http_request_t *r)
{
    u_char     *space;
    ngx_str_t   method;

    if (!r->internal) {
        return r->method_name;
    }

    method.data = r->request_line.data;
    space = ngx_strlchr(method.data, method.data + r->request_line.len, ' ');

    if (space == NULL) {
        return r->method_name;
    }

    method.len = space - method.data;

    return method;
}


static void
ngx_http_corsac_add_header(ngx_http_corsac_input_t *input,
    const ngx_table_elt_t *h)
{
    if (input->result == CORSAC_OK) {
        input->result = corsac_request_add_header(&input->request,
                                           ngx_http_corsac_bytes(&h->key),
                                           ngx_http_corsac_value(&h->value));
    }
}


static void
ngx_http_corsac_begin_request(ngx_http_corsac_input_t *input)
{
    input->result = corsac_request_init(&input->request,
                                      ngx_http_corsac_bytes(&input->method));

    if (input->header) {
        ngx_http_corsac_add_header(input, input->header);
    }
}


/*
 * Walks the headers once. Most requests have at most one that the engine may
 * read, and need no request of the engine if the cache knows them.
 */
void
ngx_http_corsac_read_headers(ngx_http_request_t *r,
    ngx_http_corsac_input_t *input)
{
    u_char            last;
    size_t            len;
    uint64_t          lengths;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *end;

    input->method = ngx_http_corsac_read_method(r);
    input->nheaders = 0;
    input->header = NULL;

    lengths = ngx_http_corsac_read_lengths;

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;
        end = h + part->nelts;

        for ( /* void */ ; h < end; h++) {

            len = h->key.len;

            if (!(lengths & ngx_http_corsac_length(len)) || len == 0) {
                continue;
            }

            last = h->key.data[len - 1];

            if (!(ngx_http_corsac_read_letters[len & 0x3f]
                  & ngx_http_corsac_letter(last)))
            {
                continue;
            }

            if (input->nheaders++ == 0) {
                input->header = h;
                continue;
            }

            if (input->nheaders == 2) {
                ngx_http_corsac_begin_request(input);
            }

            ngx_http_corsac_add_header(input, h);
        }
    }
}


/* After this, `input->request` is complete. */
corsac_result
ngx_http_corsac_make_request(ngx_http_corsac_input_t *input)
{
    if (input->nheaders < 2) {
        ngx_http_corsac_begin_request(input);
    }

    return input->result;
}


ngx_uint_t
ngx_http_corsac_is_preflight(ngx_http_request_t *r)
{
    int32_t                  request_class;
    ngx_http_corsac_input_t  input;

    ngx_http_corsac_read_headers(r, &input);

    return ngx_http_corsac_make_request(&input) == CORSAC_OK
           && corsac_request_class(&input.request, &request_class)
              == CORSAC_OK
           && request_class == CORSAC_PREFLIGHT;
}
