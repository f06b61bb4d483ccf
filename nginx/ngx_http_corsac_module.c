/*
 * The module: its directives, what a block inherits, and where nginx calls
 * it.
 *
 * A block that sets an option inherits the others, as far up as the nearest
 * cors_policy. A block that sets none shares the policy of the block around
 * it. `nginx -t` prints all findings before it fails (refusal.c).
 */

#include "ngx_http_corsac_module.h"


static void *ngx_http_corsac_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_corsac_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_corsac_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_corsac_init(ngx_conf_t *cf);


#define ANYWHERE  (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF)

#define OPTION(name, arguments, set, option)                                  \
    { ngx_string(name), ANYWHERE|arguments, set, NGX_HTTP_LOC_CONF_OFFSET,    \
      option, NULL }

static ngx_command_t  ngx_http_corsac_commands[] = {

    { ngx_string("cors"),
      ANYWHERE|NGX_CONF_FLAG,
      ngx_http_corsac_set_cors,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_corsac_loc_conf_t, enabled),
      NULL },

    { ngx_string("cors_report_only"),
      ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_corsac_loc_conf_t, report_only),
      NULL },

    { ngx_string("cors_policy"),
      ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_corsac_set_policy,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cors_policies"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_NOARGS,
      ngx_http_corsac_set_policies,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    OPTION("cors_allow_origins", NGX_CONF_1MORE,
           ngx_http_corsac_set_list,
           NGX_HTTP_CORSAC_ALLOW_ORIGINS),
    OPTION("cors_allow_methods", NGX_CONF_1MORE,
           ngx_http_corsac_set_list,
           NGX_HTTP_CORSAC_ALLOW_METHODS),
    OPTION("cors_allow_headers", NGX_CONF_1MORE,
           ngx_http_corsac_set_list,
           NGX_HTTP_CORSAC_ALLOW_HEADERS),
    OPTION("cors_expose_headers", NGX_CONF_1MORE,
           ngx_http_corsac_set_list,
           NGX_HTTP_CORSAC_EXPOSE_HEADERS),

    OPTION("cors_allow_credentials", NGX_CONF_FLAG,
           ngx_http_corsac_set_flag,
           NGX_HTTP_CORSAC_ALLOW_CREDENTIALS),
    OPTION("cors_max_age", NGX_CONF_TAKE1,
           ngx_http_corsac_set_number,
           NGX_HTTP_CORSAC_MAX_AGE),
    OPTION("cors_preflight_status", NGX_CONF_TAKE1,
           ngx_http_corsac_set_number,
           NGX_HTTP_CORSAC_PREFLIGHT_STATUS),
    OPTION("cors_denied_preflight_status", NGX_CONF_TAKE1,
           ngx_http_corsac_set_number,
           NGX_HTTP_CORSAC_DENIED_PREFLIGHT_STATUS),
    OPTION("cors_allow_timing", NGX_CONF_FLAG,
           ngx_http_corsac_set_flag,
           NGX_HTTP_CORSAC_ALLOW_TIMING),
    OPTION("cors_allow_private_network", NGX_CONF_FLAG,
           ngx_http_corsac_set_flag,
           NGX_HTTP_CORSAC_ALLOW_PRIVATE_NETWORK),
    OPTION("cors_dangerously_allow_null_origin", NGX_CONF_FLAG,
           ngx_http_corsac_set_flag,
           NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_NULL_ORIGIN),
    OPTION("cors_dangerously_allow_insecure_origins", NGX_CONF_FLAG,
           ngx_http_corsac_set_flag,
           NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_INSECURE_ORIGINS),
    OPTION("cors_dangerously_allow_public_suffixes", NGX_CONF_1MORE,
           ngx_http_corsac_set_suffixes,
           NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES),

      ngx_null_command
};


static ngx_http_module_t  ngx_http_corsac_module_ctx = {
    ngx_http_corsac_add_variables,         /* preconfiguration */
    ngx_http_corsac_init,                  /* postconfiguration */

    ngx_http_corsac_create_main_conf,      /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_corsac_create_loc_conf,       /* create location configuration */
    ngx_http_corsac_merge_loc_conf         /* merge location configuration */
};


ngx_module_t  ngx_http_corsac_module = {
    NGX_MODULE_V1,
    &ngx_http_corsac_module_ctx,           /* module context */
    ngx_http_corsac_commands,              /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static void *
ngx_http_corsac_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_corsac_main_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_corsac_main_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /* Findings are needed only while the configuration is read. */
    if (ngx_array_init(&conf->logged, cf->temp_pool, 4,
                       sizeof(ngx_http_corsac_logged_t))
        != NGX_OK)
    {
        return NULL;
    }

    ngx_rbtree_init(&conf->policies, &conf->sentinel,
                    ngx_str_rbtree_insert_value);

    return conf;
}


static void *
ngx_http_corsac_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_corsac_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_corsac_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->enabled = NGX_CONF_UNSET;
    conf->report_only = NGX_CONF_UNSET;

    return conf;
}


/*
 * Whether errors of this location can lead to another one without a trace in
 * the request: `error_page ... = uri` with `recursive_error_pages on`.
 */
static void
ngx_http_corsac_merge_errors(ngx_conf_t *cf, ngx_http_corsac_loc_conf_t *prev,
    ngx_http_corsac_loc_conf_t *conf)
{
    ngx_uint_t                    i;
    ngx_http_err_page_t          *page;
    ngx_http_core_loc_conf_t     *clcf;
    ngx_http_corsac_main_conf_t  *cmcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->error_pages == NULL || clcf->recursive_error_pages != 1) {
        return;
    }

    page = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {

        if (page[i].overwrite == 0) {
            cmcf = ngx_http_conf_get_module_main_conf(cf,
                                                      ngx_http_corsac_module);
            cmcf->hides_errors = 1;
            conf->hides_errors = 1;

            if (clcf->noname) {
                /* `if`: the request is still in the location around it. */
                prev->hides_errors = 1;
            }

            return;
        }
    }
}


/* Warns of `cors on` where requests come from locations with `cors off`. */
static void
ngx_http_corsac_check_internal(ngx_conf_t *cf,
    ngx_http_corsac_loc_conf_t *conf)
{
    u_char                       text[NGX_MAX_ERROR_STR], *p;
    ngx_http_core_loc_conf_t    *clcf;
    ngx_http_core_srv_conf_t    *cscf;
    ngx_http_corsac_loc_conf_t  *server;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (conf->enabled != 1 || (!clcf->named && clcf->internal != 1)) {
        return;
    }

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    server = cscf->ctx->loc_conf[ngx_http_corsac_module.ctx_index];

    if (server->enabled != 0) {
        return;
    }

    p = ngx_slprintf(text, text + sizeof(text),
                     "\"cors on\" in location \"%V\" has no effect on "
                     "requests from locations that inherit \"cors off\" of "
                     "the server: remove that one, or write \"cors on\" "
                     "where these requests begin", &clcf->name);

    ngx_http_corsac_log_at(cf, NGX_LOG_WARN, &conf->place, text, p - text);
}


static char *
ngx_http_corsac_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_corsac_loc_conf_t  *prev = parent;
    ngx_http_corsac_loc_conf_t  *conf = child;

    ngx_uint_t                    i, has_own, inherits, is_file;
    ngx_http_corsac_main_conf_t  *cmcf;

    ngx_http_corsac_merge_errors(cf, prev, conf);
    ngx_http_corsac_check_internal(cf, conf);

    inherits = (conf->enabled == NGX_CONF_UNSET);

    if (inherits) {
        conf->place = prev->place;
        conf->enabled = prev->enabled;
    }

    ngx_conf_merge_value(conf->report_only, prev->report_only, 0);

    is_file = (prev->image || prev->choice);
    has_own = (conf->image || conf->choice);

    for (i = 0; i < NGX_HTTP_CORSAC_OPTIONS; i++) {

        if (conf->options[i] == NULL) {
            continue;
        }

        if (inherits && (i < NGX_HTTP_CORSAC_LISTS || is_file)) {
            /* Findings about an option that is missing name this place. */
            conf->place = conf->options[i]->place;
            inherits = 0;
        }

        if (conf->image || conf->choice) {
            ngx_http_corsac_refuse(cf, &conf->options[i]->place,
                                   "a policy is a file or directives: "
                                   "remove this one, or \"cors_policy\" "
                                   "from the same block");
        }

        has_own = 1;
    }

    if (!has_own) {
        conf->image = prev->image;
        conf->choice = prev->choice;
        conf->is_compiled = prev->is_compiled;
        conf->compiled = prev->compiled;
    }

    if (!conf->image && !conf->choice && !is_file) {
        for (i = 0; i < NGX_HTTP_CORSAC_OPTIONS; i++) {
            if (conf->options[i] == NULL) {
                conf->options[i] = prev->options[i];
            }
        }
    }

    if (conf->enabled != 1) {
        return NGX_CONF_OK;
    }

    if (!conf->is_compiled) {

        if (ngx_http_corsac_compile(cf, conf) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        if (!has_own) {
            /* Its other children have the same policy. */
            prev->is_compiled = 1;
            prev->compiled = conf->compiled;
        }
    }

    conf->policy = conf->compiled;

    if (conf->policy || conf->choice) {
        cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);
        cmcf->has_policy = 1;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_corsac_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt          *h;
    ngx_http_core_main_conf_t    *cmcf;
    ngx_http_corsac_main_conf_t  *conf;

    conf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);

    if (!conf->has_policy) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_corsac_post_read_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_SERVER_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_corsac_redirect_handler;

    /* The last handler of a phase runs first: this one before `return`. */

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_corsac_location_handler;

    ngx_http_corsac_header_filter_init();

    return NGX_OK;
}
