/*
 * Compiles directives into a policy when the configuration is read.
 */

#include "ngx_http_corsac_module.h"


static corsac_list
ngx_http_corsac_list(const ngx_http_corsac_option_t *option)
{
    static const corsac_bytes  none = { NULL, 0 };

    corsac_list  list;

    list.ptr = NULL;
    list.len = 0;

    if (option && option->texts) {
        /* An empty list is not the same as no list. */
        list.ptr = option->texts->nelts ? option->texts->elts : &none;
        list.len = option->texts->nelts;
    }

    return list;
}


/* The tables and paths of a policy come when it is compiled or opened. */
ngx_http_corsac_policy_t *
ngx_http_corsac_create_policy(ngx_conf_t *cf)
{
    ngx_http_corsac_policy_t  *policy;

    policy = ngx_pcalloc(cf->pool, sizeof(ngx_http_corsac_policy_t));

    if (policy) {
        policy->pool = cf->pool;
    }

    return policy;
}


ngx_int_t
ngx_http_corsac_init_paths(ngx_http_corsac_policy_t *policy, ngx_uint_t npaths)
{
    policy->npaths = npaths;
    policy->paths = ngx_pcalloc(policy->pool, (npaths + 1)
                                            * sizeof(ngx_http_corsac_path_t));

    return policy->paths ? NGX_OK : NGX_ERROR;
}


static int64_t
ngx_http_corsac_number(const ngx_http_corsac_option_t *option, int64_t unset)
{
    return option ? option->number : unset;
}


static uint8_t
ngx_http_corsac_flag(const ngx_http_corsac_option_t *option)
{
    return option && option->number;
}


static ngx_int_t
ngx_http_corsac_describe(ngx_http_corsac_option_t *const *options,
    corsac_spec *spec)
{
    if (corsac_spec_init(spec) != CORSAC_OK) {
        return NGX_ERROR;
    }

    spec->allow_origins =
        ngx_http_corsac_list(options[NGX_HTTP_CORSAC_ALLOW_ORIGINS]);
    spec->allow_methods =
        ngx_http_corsac_list(options[NGX_HTTP_CORSAC_ALLOW_METHODS]);
    spec->allow_headers =
        ngx_http_corsac_list(options[NGX_HTTP_CORSAC_ALLOW_HEADERS]);
    spec->expose_headers =
        ngx_http_corsac_list(options[NGX_HTTP_CORSAC_EXPOSE_HEADERS]);

    spec->max_age =
        ngx_http_corsac_number(options[NGX_HTTP_CORSAC_MAX_AGE],
                               CORSAC_UNSET);
    spec->preflight_status =
        ngx_http_corsac_number(options[NGX_HTTP_CORSAC_PREFLIGHT_STATUS],
                               CORSAC_UNSET);
    spec->denied_preflight_status =
        ngx_http_corsac_number(options[NGX_HTTP_CORSAC_DENIED_PREFLIGHT_STATUS],
                               CORSAC_UNSET);

    spec->allow_credentials =
        ngx_http_corsac_flag(options[NGX_HTTP_CORSAC_ALLOW_CREDENTIALS]);
    spec->allow_timing =
        ngx_http_corsac_flag(options[NGX_HTTP_CORSAC_ALLOW_TIMING]);
    spec->allow_private_network =
        ngx_http_corsac_flag(options[NGX_HTTP_CORSAC_ALLOW_PRIVATE_NETWORK]);
    spec->dangerously_allow_null_origin =
        ngx_http_corsac_flag(
            options[NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_NULL_ORIGIN]);
    spec->dangerously_allow_insecure_origins =
        ngx_http_corsac_flag(
            options[NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_INSECURE_ORIGINS]);
    spec->dangerously_allow_public_suffixes =
        ngx_http_corsac_list(
            options[NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES]);
    spec->dangerously_allow_all_public_suffixes =
        ngx_http_corsac_flag(
            options[NGX_HTTP_CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES]);

    return NGX_OK;
}


/* A refused policy fails later, after all findings: see refusal.c. */
ngx_int_t
ngx_http_corsac_compile(ngx_conf_t *cf, ngx_http_corsac_loc_conf_t *conf)
{
    u_char                      *storage;
    size_t                       size;
    corsac_bytes                 text;
    corsac_spec                  spec;
    corsac_result                result;
    corsac_policy                single;
    ngx_http_corsac_policy_t    *policy;
    ngx_http_corsac_findings_t   findings;
    ngx_http_corsac_main_conf_t  *cmcf;

    conf->is_compiled = 1;

    if (conf->image) {
        conf->compiled = conf->image;
        return NGX_OK;
    }

    if (conf->choice) {
        cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);

        if (!cmcf->has_policies) {
            ngx_http_corsac_refuse(cf, &conf->place,
                                   "\"cors_policy\" with variables needs "
                                   "\"cors_policies\" in http");
        }

        return NGX_OK;
    }

    policy = ngx_http_corsac_create_policy(cf);
    if (policy == NULL) {
        return NGX_ERROR;
    }

    findings.cf = cf;
    findings.conf = conf;
    findings.file = NULL;
    findings.main = ngx_http_conf_get_module_main_conf(cf,
                                                       ngx_http_corsac_module);
    findings.out_of_memory = 0;

    if (ngx_http_corsac_describe(conf->options, &spec) != NGX_OK
        || corsac_policy_size(&spec, &size) != CORSAC_OK)
    {
        return NGX_ERROR;
    }

    storage = ngx_palloc(cf->pool, size);
    if (storage == NULL) {
        return NGX_ERROR;
    }

    result = corsac_policy_compile(&spec, storage, size,
                                   ngx_http_corsac_on_finding, &findings,
                                   &single);

    if (findings.out_of_memory) {
        return NGX_ERROR;
    }

    if (result == CORSAC_OK) {
        policy->single = single;
        conf->compiled = policy;

        return ngx_http_corsac_init_paths(policy, 1);
    }

    if (result != CORSAC_FINDINGS) {
        text = corsac_result_text(result);
        ngx_http_corsac_log_at(cf, NGX_LOG_EMERG, &conf->place, text.ptr,
                               text.len);
        findings.main->failed++;
    }

    return NGX_OK;
}
