/*
 * Refuses a configuration with a wrong policy: after all of its blocks were
 * read, and before any module installs its filters.
 *
 * The list of filters belongs to the process, not to the configuration. If a
 * reload fails while nginx builds this list, the list stays incomplete, and a
 * worker that starts later would serve the old configuration without this
 * module and without `add_header`. Between the last block and the filters,
 * nginx calls only the next module: this one, which does nothing else.
 */

#include "ngx_http_corsac_module.h"


static char *ngx_http_corsac_init_main_conf(ngx_conf_t *cf, void *conf);


static ngx_http_module_t  ngx_http_corsac_refusal_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    ngx_http_corsac_init_main_conf,        /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_corsac_refusal_module = {
    NGX_MODULE_V1,
    &ngx_http_corsac_refusal_module_ctx,   /* module context */
    NULL,                                  /* module directives */
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


static char *
ngx_http_corsac_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_corsac_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);

    /* The log has each reason. */
    return cmcf->failed ? NGX_CONF_ERROR : NGX_CONF_OK;
}
