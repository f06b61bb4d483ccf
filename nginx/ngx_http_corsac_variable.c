/*
 * The decision, for logs and maps. Never block a request because of a
 * variable: a denied request is served as any other, only its response is not
 * shared.
 */

#include "ngx_http_corsac_module.h"


enum {
    NGX_HTTP_CORSAC_CLASS,
    NGX_HTTP_CORSAC_ALLOWED,
    NGX_HTTP_CORSAC_DENIAL,
    NGX_HTTP_CORSAC_ORIGIN
};


static ngx_int_t ngx_http_corsac_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


/* Not cacheable: empty until the request has come to its location. */
static ngx_http_variable_t  ngx_http_corsac_variables[] = {

    { ngx_string("cors_class"), NULL, ngx_http_corsac_variable,
      NGX_HTTP_CORSAC_CLASS, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_allowed"), NULL, ngx_http_corsac_variable,
      NGX_HTTP_CORSAC_ALLOWED, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_denial"), NULL, ngx_http_corsac_variable,
      NGX_HTTP_CORSAC_DENIAL, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    /* Many configurations have a `map` of this name: theirs wins. */

    { ngx_string("cors_origin"), NULL, ngx_http_corsac_variable,
      NGX_HTTP_CORSAC_ORIGIN,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_CHANGEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_corsac_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_corsac_variables; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return ngx_http_corsac_init_request();
}


static ngx_int_t
ngx_http_corsac_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_str_t                          name;
    corsac_bytes                       text;
    const ngx_table_elt_t             *header;
    ngx_http_corsac_ctx_t             *ctx;
    const ngx_http_corsac_decision_t  *decision;

    ctx = ngx_http_corsac_get_ctx(r->main);

    if (ctx == NULL || ctx->decision == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    decision = ctx->decision;

    switch (data) {

    case NGX_HTTP_CORSAC_CLASS:
        text = corsac_class_name(decision->request_class);
        break;

    case NGX_HTTP_CORSAC_ALLOWED:
        text.ptr = (u_char *) (decision->denial == CORSAC_ALLOWED ? "1" : "0");
        text.len = 1;
        break;

    case NGX_HTTP_CORSAC_DENIAL:
        text = corsac_denial_name(decision->denial);
        break;

    default: /* NGX_HTTP_CORSAC_ORIGIN */
        /* The value that is sent: `Vary` is right for it. */

        ngx_str_set(&name, "Access-Control-Allow-Origin");

        header = ngx_http_corsac_decided_header(decision, &name);
        if (header) {
            text = ngx_http_corsac_bytes(&header->value);

        } else {
            text.len = 0;
        }

        break;
    }

    if (text.len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->len = text.len;
    v->data = (u_char *) text.ptr;

    return NGX_OK;
}
