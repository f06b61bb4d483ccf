/*
 * Policies with names: `cors_policies { NAME FILE; ... }` reads their files
 * with the configuration, and `cors_policy $variable` chooses one of them for
 * each request, without a location for each.
 */

#include "ngx_http_corsac_module.h"


/* Bytes of an unknown name in the log: the client may have chosen it. */
#define NGX_HTTP_CORSAC_NAME_SHOWN  128


typedef struct {
    ngx_str_node_t              sn;
    ngx_http_corsac_policy_t   *policy;
} ngx_http_corsac_named_t;


/* One line of the block. */
static char *
ngx_http_corsac_add_named(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_http_corsac_main_conf_t  *cmcf = conf;

    uint32_t                  hash;
    ngx_str_t                *value;
    ngx_http_corsac_named_t  *named;

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[0].data, "include") == 0) {
        return ngx_conf_include(cf, dummy, conf);
    }

    if (cf->args->nelts != 2 || value[0].len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of the policy parameters: write a "
                           "name and a file");
        return NGX_CONF_ERROR;
    }

    hash = ngx_crc32_long(value[0].data, value[0].len);

    if (ngx_str_rbtree_lookup(&cmcf->policies, &value[0], hash)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate \"%V\" in \"cors_policies\"", &value[0]);
        return NGX_CONF_ERROR;
    }

    named = ngx_pcalloc(cf->pool, sizeof(ngx_http_corsac_named_t));
    if (named == NULL) {
        return NGX_CONF_ERROR;
    }

    /* Even if its file is bad, so that the rest is read, too. */

    named->policy = ngx_http_corsac_open_policy(cf, &value[1]);
    if (named->policy == NULL) {
        return NGX_CONF_ERROR;
    }

    named->sn.node.key = hash;
    named->sn.str = value[0];

    ngx_rbtree_insert(&cmcf->policies, &named->sn.node);

    return NGX_CONF_OK;
}


char *
ngx_http_corsac_set_policies(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_main_conf_t  *cmcf = conf;

    char        *rv;
    ngx_conf_t   save;

    if (cmcf->has_policies) {
        return "is duplicate";
    }

    cmcf->has_policies = 1;

    save = *cf;
    cf->handler = ngx_http_corsac_add_named;
    cf->handler_conf = conf;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    return rv;
}


static void
ngx_http_corsac_log_unknown(ngx_http_request_t *r, const ngx_str_t *name)
{
    u_char                        text[4 * NGX_HTTP_CORSAC_NAME_SHOWN];
    size_t                        len;
    corsac_bytes                  shown;
    ngx_http_corsac_main_conf_t  *cmcf;

    shown.ptr = name->data;
    shown.len = ngx_min(name->len, NGX_HTTP_CORSAC_NAME_SHOWN);

    if (corsac_escape(shown, text, sizeof(text), &len) != CORSAC_OK) {
        len = 0;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    ngx_http_corsac_log(r, NGX_LOG_WARN, &cmcf->unknown,
                        "\"cors_policies\" has no \"%*s\"%s, so no policy "
                        "applies",
                        len, text, shown.len < name->len ? "..." : "");
}


/* The policy of this name; `*policy` is NULL if none applies. */
ngx_int_t
ngx_http_corsac_choose_policy(ngx_http_request_t *r,
    ngx_http_complex_value_t *choice, ngx_http_corsac_policy_t **policy)
{
    ngx_str_t                     name;
    ngx_str_node_t               *sn;
    ngx_http_corsac_main_conf_t  *cmcf;

    *policy = NULL;

    if (ngx_http_complex_value(r, choice, &name) != NGX_OK) {
        return NGX_ERROR;
    }

    if (name.len == 0) {
        return NGX_OK;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_corsac_module);

    sn = ngx_str_rbtree_lookup(&cmcf->policies, &name,
                               ngx_crc32_long(name.data, name.len));
    if (sn == NULL) {
        ngx_http_corsac_log_unknown(r, &name);
        return NGX_OK;
    }

    *policy = ((ngx_http_corsac_named_t *) sn)->policy;

    return NGX_OK;
}
