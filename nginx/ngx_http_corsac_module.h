/*
 * What the files of the module share: a policy as directives write it, the
 * compiled policies, and the decision that a request keeps.
 */

#ifndef NGX_HTTP_CORSAC_MODULE_H
#define NGX_HTTP_CORSAC_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <corsac.h>


/* Options of a policy. NGX_HTTP_CORSAC_LISTS lists come first. */
enum {
    NGX_HTTP_CORSAC_ALLOW_ORIGINS = 0,
    NGX_HTTP_CORSAC_ALLOW_METHODS,
    NGX_HTTP_CORSAC_ALLOW_HEADERS,
    NGX_HTTP_CORSAC_EXPOSE_HEADERS,
    NGX_HTTP_CORSAC_LISTS,

    NGX_HTTP_CORSAC_ALLOW_CREDENTIALS = NGX_HTTP_CORSAC_LISTS,
    NGX_HTTP_CORSAC_MAX_AGE,
    NGX_HTTP_CORSAC_PREFLIGHT_STATUS,
    NGX_HTTP_CORSAC_DENIED_PREFLIGHT_STATUS,
    NGX_HTTP_CORSAC_ALLOW_TIMING,
    NGX_HTTP_CORSAC_ALLOW_PRIVATE_NETWORK,
    NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_NULL_ORIGIN,
    NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_INSECURE_ORIGINS,
    NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES,
    NGX_HTTP_CORSAC_OPTIONS
};


/* Where something is written. */
typedef struct {
    u_char                     *file;       /* NULL: on the command line */
    ngx_uint_t                  line;       /* 0: the whole file */
    ngx_uint_t                  column;     /* 0: the whole line */
} ngx_http_corsac_place_t;


/* One option as it is written. */
typedef struct {
    ngx_array_t                *texts;      /* corsac_bytes; NULL: no list */
    ngx_array_t                *places;     /* of each text */
    int64_t                     number;     /* of no list; flags: 0, 1 */
    ngx_http_corsac_place_t     place;      /* of the last directive */
} ngx_http_corsac_option_t;


/*
 * A finding that is logged already. Blocks that inherit an entry, or include
 * the same file, do not repeat it.
 */
typedef struct {
    ngx_http_corsac_place_t     place;
    ngx_str_t                   entry;
    ngx_str_t                   code;
} ngx_http_corsac_logged_t;


/* How often a message was needed since `start`: log.c. */
typedef struct {
    time_t                      start;
    ngx_uint_t                  n;
} ngx_http_corsac_count_t;


/* A header of the application that a policy replaced, and that is logged. */
typedef struct {
    const void                 *path;       /* ngx_http_corsac_path_t */
    ngx_uint_t                  hash;       /* of the name in lower case */
} ngx_http_corsac_replaced_t;

/* In a worker. More of them tell an administrator nothing new. */
#define NGX_HTTP_CORSAC_REPLACED  64


typedef struct {
    ngx_uint_t                  failed;     /* errors: the configuration
                                               fails */
    ngx_array_t                 logged;     /* ngx_http_corsac_logged_t, while
                                               the configuration is read */
    ngx_uint_t                  has_policy; /* some block has one */
    ngx_uint_t                  hides_errors;   /* some location does */

    ngx_uint_t                  has_policies;   /* `cors_policies` is there */
    ngx_rbtree_t                policies;   /* by name */
    ngx_rbtree_node_t           sentinel;

    /* messages of a worker */
    ngx_http_corsac_count_t     misled;
    ngx_http_corsac_count_t     redirects;
    ngx_http_corsac_count_t     unknown;    /* names in `cors_policies` */
    ngx_http_corsac_replaced_t  replaced[NGX_HTTP_CORSAC_REPLACED];
    ngx_uint_t                  nreplaced;
} ngx_http_corsac_main_conf_t;


/*
 * What is kept of a decision: in the pool of the request, or in the cache.
 * Nothing writes to it after it is made.
 */
typedef struct {
    int32_t                     request_class;
    int32_t                     denial;
    corsac_bytes                denial_bytes;
    ngx_uint_t                  status;     /* for preflights */

    unsigned                    replaces_timing:1;
    unsigned                    has_vary:1; /* it is the last header */

    ngx_uint_t                  nheaders;
    ngx_table_elt_t            *headers;    /* ready for headers_out; text in
                                               the image or the request, or
                                               static */
} ngx_http_corsac_decision_t;


/* Decisions about earlier requests: cache.c. */
typedef struct ngx_http_corsac_cache_s  ngx_http_corsac_cache_t;


/* What a worker keeps of one path of a policy. */
typedef struct {
    /* of requests without a header that the engine reads */
    const ngx_http_corsac_decision_t  *plain;

    ngx_http_corsac_cache_t    *cache;      /* of those with one */
    ngx_http_corsac_count_t    *denials;    /* by class and denial: log.c */
} ngx_http_corsac_path_t;


/*
 * A policy set, or a single policy, which is a set of one. Blocks that
 * inherit it share it, and what is kept of it.
 */
typedef struct {
    corsac_policy_set           set;
    corsac_policy               single;     /* no image: paths differ */
    ngx_pool_t                 *pool;       /* of the cycle */
    ngx_uint_t                  npaths;     /* no id is higher */
    ngx_http_corsac_path_t     *paths;      /* by id; the last one is for
                                               ambiguous paths */
} ngx_http_corsac_policy_t;


typedef struct {
    ngx_flag_t                  enabled;    /* unset: `cors` is nowhere */
    ngx_flag_t                  report_only;
    ngx_uint_t                  hides_errors;   /* see ctx.c */
    ngx_http_corsac_place_t     place;      /* of `cors`, or of the options */

    /* NULL: not said here nor inherited */
    ngx_http_corsac_option_t   *options[NGX_HTTP_CORSAC_OPTIONS];

    ngx_http_corsac_policy_t   *image;      /* of cors_policy */
    ngx_http_complex_value_t   *choice;     /* of cors_policy: a name */

    ngx_uint_t                  is_compiled;
    ngx_http_corsac_policy_t   *compiled;   /* cors on or off; NULL: refused */

    ngx_http_corsac_policy_t   *policy;     /* in force; NULL: none applies */
} ngx_http_corsac_loc_conf_t;


/* The `data` of ngx_http_corsac_on_finding(). */
typedef struct {
    ngx_conf_t                   *cf;
    ngx_http_corsac_main_conf_t  *main;
    ngx_http_corsac_loc_conf_t   *conf;     /* directives, or NULL */
    u_char                       *file;     /* the policy file, or NULL */
    ngx_uint_t                    out_of_memory;
} ngx_http_corsac_findings_t;


/* What a decision depends on, as the client sent it. Too large to keep. */
typedef struct {
    corsac_request              request;    /* see make_request() */
    corsac_result               result;
    ngx_str_t                   method;
    ngx_uint_t                  nheaders;   /* that the engine may read */
    const ngx_table_elt_t      *header;     /* the first of them, or NULL */
} ngx_http_corsac_input_t;


/*
 * What is known of a request. It is open, off, or has a decision. A request
 * without a context is open.
 */
typedef struct {
    const ngx_http_corsac_decision_t  *decision;
    const ngx_http_corsac_path_t      *path;    /* of it */

    /* For preflights: the last location (NULL: none yet), and r->uri_changes
       there. */
    const ngx_http_corsac_loc_conf_t  *location;
    ngx_uint_t                  uri_changes;

    unsigned                    off:1;
    unsigned                    readable:1; /* OPTIONS: nginx took it */
    unsigned                    misled:1;   /* by an error or an upstream */
    unsigned                    report_only:1;  /* the decision */
    unsigned                    done:1;     /* preflight: responded to;
                                               report only: reported */
} ngx_http_corsac_ctx_t;


/* What the files of the module share does not go through a symbol table. */
#if (__GNUC__)
#pragma GCC visibility push(hidden)
#endif


extern ngx_module_t  ngx_http_corsac_module;


/* option.c: directives */
char *ngx_http_corsac_set_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_set_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_set_flag(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_set_suffixes(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_corsac_set_number(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* file.c: cors_policy */
ngx_http_corsac_policy_t *ngx_http_corsac_open_policy(ngx_conf_t *cf,
    const ngx_str_t *file);
char *ngx_http_corsac_set_policy(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* policies.c: cors_policies */
char *ngx_http_corsac_set_policies(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_corsac_choose_policy(ngx_http_request_t *r,
    ngx_http_complex_value_t *choice, ngx_http_corsac_policy_t **policy);

/* policy.c: directives into a policy */
ngx_http_corsac_policy_t *ngx_http_corsac_create_policy(ngx_conf_t *cf);
ngx_int_t ngx_http_corsac_init_paths(ngx_http_corsac_policy_t *policy,
    ngx_uint_t npaths);
ngx_int_t ngx_http_corsac_compile(ngx_conf_t *cf,
    ngx_http_corsac_loc_conf_t *conf);

/* finding.c: what is wrong in a configuration */
void ngx_http_corsac_log_at(ngx_conf_t *cf, ngx_uint_t level,
    const ngx_http_corsac_place_t *place, const u_char *text, size_t len);
void ngx_http_corsac_refuse(ngx_conf_t *cf,
    const ngx_http_corsac_place_t *place, const char *what);
void ngx_http_corsac_on_finding(void *data, const corsac_finding *finding);

/* ctx.c: which location decides */
ngx_http_corsac_ctx_t *ngx_http_corsac_restore_ctx(ngx_http_request_t *r);
ngx_int_t ngx_http_corsac_enter(ngx_http_request_t *r,
    ngx_http_corsac_ctx_t **pctx);
ngx_int_t ngx_http_corsac_post_read_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_corsac_redirect_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_corsac_location_handler(ngx_http_request_t *r);

/* request.c: what the engine reads */
ngx_int_t ngx_http_corsac_init_request(void);
void ngx_http_corsac_read_headers(ngx_http_request_t *r,
    ngx_http_corsac_input_t *input);
corsac_result ngx_http_corsac_make_request(ngx_http_corsac_input_t *input);
ngx_uint_t ngx_http_corsac_is_preflight(ngx_http_request_t *r);

/* decision.c: once per request */
ngx_int_t ngx_http_corsac_decide(ngx_http_request_t *r,
    ngx_http_corsac_policy_t *policy, ngx_http_corsac_ctx_t *ctx);
const ngx_table_elt_t *ngx_http_corsac_decided_header(
    const ngx_http_corsac_decision_t *decision, const ngx_str_t *name);
size_t ngx_http_corsac_denial_message(
    const ngx_http_corsac_decision_t *decision,
    u_char buffer[CORSAC_MESSAGE_MAX]);

/* cache.c: decisions that a worker keeps */
const ngx_http_corsac_decision_t *ngx_http_corsac_cache_lookup(
    const ngx_http_corsac_path_t *path,
    const ngx_http_corsac_input_t *input);
void ngx_http_corsac_cache_add(ngx_http_corsac_path_t *path, ngx_pool_t *pool,
    const ngx_http_corsac_input_t *input,
    const ngx_http_corsac_decision_t *decision);

/* preflight.c */
ngx_int_t ngx_http_corsac_respond(ngx_http_request_t *r,
    ngx_http_corsac_ctx_t *ctx);
ngx_int_t ngx_http_corsac_begin_response(ngx_http_request_t *r,
    ngx_http_corsac_ctx_t *ctx, ngx_str_t *reason);
ngx_int_t ngx_http_corsac_end_response(ngx_http_request_t *r,
    ngx_str_t *reason);

/* header_filter.c */
void ngx_http_corsac_header_filter_init(void);

/* log.c */
void ngx_cdecl ngx_http_corsac_log(ngx_http_request_t *r, ngx_uint_t level,
    ngx_http_corsac_count_t *count, const char *fmt, ...);
ngx_uint_t ngx_http_corsac_is_own_page(ngx_http_request_t *r);
void ngx_http_corsac_log_denial(ngx_http_request_t *r,
    ngx_http_corsac_policy_t *policy, ngx_http_corsac_path_t *path,
    const ngx_http_corsac_decision_t *decision);

/* report.c: cors_report_only */
void ngx_http_corsac_report(ngx_http_request_t *r,
    const ngx_http_corsac_decision_t *decision);

/* variable.c */
ngx_int_t ngx_http_corsac_add_variables(ngx_conf_t *cf);


#if (__GNUC__)
#pragma GCC visibility pop
#endif


static ngx_inline corsac_bytes
ngx_http_corsac_bytes(const ngx_str_t *text)
{
    corsac_bytes  bytes;

    bytes.ptr = text->data;
    bytes.len = text->len;

    return bytes;
}


/* The context of a main request, or NULL if it has none. */
static ngx_inline ngx_http_corsac_ctx_t *
ngx_http_corsac_get_ctx(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_corsac_module);

    /* Only these two can have cleared the contexts. */

    return ctx || !(r->internal || r->filter_finalize)
           ? ctx : ngx_http_corsac_restore_ctx(r);
}


/* Whether it is a preflight that this module must respond to. */
static ngx_inline ngx_uint_t
ngx_http_corsac_is_pending(const ngx_http_corsac_ctx_t *ctx)
{
    return ctx->decision
           && ctx->decision->request_class == CORSAC_PREFLIGHT
           && !ctx->report_only
           && !ctx->done;
}


/* Whether the response is a redirect. */
static ngx_inline ngx_uint_t
ngx_http_corsac_is_redirect(ngx_http_request_t *r)
{
    return r->headers_out.status >= NGX_HTTP_SPECIAL_RESPONSE
           && r->headers_out.status < NGX_HTTP_BAD_REQUEST;
}


/*
 * Whether a header has this name, in any case; `text` is not empty. Most
 * names of the same length differ in their first letter, or are the same.
 */
static ngx_inline ngx_uint_t
ngx_http_corsac_is_named(const ngx_str_t *name, const char *text)
{
    size_t  len;

    len = ngx_strlen(text);

    return name->len == len
           && ngx_tolower(name->data[0]) == ngx_tolower(text[0])
           && (ngx_memcmp(name->data, text, len) == 0
               || ngx_strncasecmp(name->data, (u_char *) text, len) == 0);
}


#endif
