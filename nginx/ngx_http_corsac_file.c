/*
 * Policy files: images that were compiled elsewhere, and texts. Each is read
 * and checked with the configuration, so that a worker never sees a bad one.
 * A bad file is a finding like others: the rest of the configuration is read,
 * too.
 */

#include "ngx_http_corsac_module.h"


/* No image has 4 GiB or more. */
#define NGX_HTTP_CORSAC_FILE_MAX                                              \
    ngx_min((off_t) 0xffffffff, (off_t) NGX_MAX_SIZE_T_VALUE - 1)


/* Bytes of the path of a table: corsac_policy_table. */
#define NGX_HTTP_CORSAC_PATH_MAX  255


/* The whole file, in the configuration's pool. */
static ngx_int_t
ngx_http_corsac_read_file(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *image)
{
    off_t            size;
    ssize_t          n;
    ngx_int_t        rc;
    ngx_file_t       file;
    ngx_file_info_t  info;

    ngx_memzero(&file, sizeof(ngx_file_t));
    file.name = *name;
    file.log = cf->log;

    /* Opening a named pipe would wait for a writer. */
    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                            NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    if (ngx_fd_info(file.fd, &info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", name);
        goto done;
    }

    if (!ngx_is_file(&info)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" is not a file", name);
        goto done;
    }

    size = ngx_file_size(&info);

    if (size > NGX_HTTP_CORSAC_FILE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is too large: a policy has less than "
                           "4 GiB", name);
        goto done;
    }

    /* One byte more shows whether the file grows. */

    image->len = (size_t) size;
    image->data = ngx_pnalloc(cf->pool, image->len + 1);
    if (image->data == NULL) {
        goto done;
    }

    n = ngx_read_file(&file, image->data, image->len + 1, 0);

    if (n == NGX_ERROR) {
        /* ngx_read_file() has logged why */
        goto done;
    }

    if ((size_t) n != image->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" changed while it was read", name);
        goto done;
    }

    rc = NGX_OK;

done:

    if (ngx_close_file(file.fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", name);
    }

    return rc;
}


/* The tables of a set, as they are read. */
typedef struct {
    ngx_conf_t                 *cf;
    ngx_str_t                   name;       /* of the file */
    ngx_uint_t                  ntables;
} ngx_http_corsac_tables_t;


static void
ngx_http_corsac_on_table(void *data, size_t table, corsac_bytes path,
    const corsac_policy *policy)
{
    ngx_http_corsac_tables_t  *tables = data;

    u_char  text[4 * NGX_HTTP_CORSAC_PATH_MAX];
    size_t  len;

    tables->ntables = table + 1;

    if (policy && corsac_policy_allows_external_origins(policy) == 1) {

        if (corsac_escape(path, text, sizeof(text), &len) != CORSAC_OK) {
            len = 0;
        }

        ngx_conf_log_error(NGX_LOG_WARN, tables->cf, 0,
                           "\"%V\": the policy of \"%*s\" has "
                           "external_origins, but nginx cannot check origins: "
                           "it allows only those that a pattern matches",
                           &tables->name, len, text);
    }
}


/* The image of a policy, which lives as long as the configuration. */
static corsac_result
ngx_http_corsac_parse(ngx_conf_t *cf, const ngx_str_t *text,
    ngx_http_corsac_findings_t *findings, corsac_policy_set *set)
{
    u_char              *scratch, *storage;
    corsac_result        result;
    corsac_parse_sizes   sizes, given;

    scratch = NULL;
    storage = NULL;
    ngx_memzero(&sizes, sizeof(corsac_parse_sizes));

    for ( ;; ) {

        given = sizes;

        result = corsac_policy_set_parse(ngx_http_corsac_bytes(text),
                                         scratch, given.scratch,
                                         storage, given.storage,
                                         ngx_http_corsac_on_finding, findings,
                                         &sizes, set);

        if (result != CORSAC_STORAGE_TOO_SMALL
            || (sizes.scratch <= given.scratch
                && sizes.storage <= given.storage))
        {
            return result;
        }

        if (sizes.scratch > given.scratch) {
            scratch = ngx_pnalloc(cf->temp_pool, sizes.scratch);
        }

        if (sizes.storage > given.storage) {
            storage = ngx_pnalloc(cf->pool, sizes.storage);
        }

        if ((sizes.scratch && scratch == NULL)
            || (sizes.storage && storage == NULL))
        {
            findings->out_of_memory = 1;
            return result;
        }
    }
}


/* Whether all is well. If not, the log says why. */
static ngx_uint_t
ngx_http_corsac_read_policy(ngx_conf_t *cf, ngx_str_t *name,
    ngx_http_corsac_findings_t *findings, corsac_policy_set *set)
{
    ngx_str_t      content;
    corsac_bytes   text;
    corsac_result  result;

    if (ngx_http_corsac_read_file(cf, name, &content) != NGX_OK) {
        return 0;
    }

    result = corsac_policy_set_open(content.data, content.len, set);

    if (result == CORSAC_OK) {
        return 1;
    }

    if (result != CORSAC_NOT_AN_IMAGE) {
        text = corsac_result_text(result);
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\": %*s: write it with \"corsac compile\"",
                           name, text.len, text.ptr);
        return 0;
    }

    result = ngx_http_corsac_parse(cf, &content, findings, set);

    (void) ngx_pfree(cf->pool, content.data);

    if (result == CORSAC_OK) {
        return 1;
    }

    text = corsac_result_text(result);
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the policy \"%V\" is refused: "
                       "%*s", name, text.len, text.ptr);
    return 0;
}


/*
 * The policy in this file, an image or a text. If the file is bad, the policy
 * is empty, and the configuration fails later. NULL: out of memory.
 */
ngx_http_corsac_policy_t *
ngx_http_corsac_open_policy(ngx_conf_t *cf, const ngx_str_t *file)
{
    ngx_str_t                    name;
    ngx_http_corsac_tables_t     tables;
    ngx_http_corsac_policy_t    *policy;
    ngx_http_corsac_findings_t   findings;

    policy = ngx_http_corsac_create_policy(cf);
    if (policy == NULL) {
        return NULL;
    }

    name = *file;

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NULL;
    }

    ngx_memzero(&findings, sizeof(ngx_http_corsac_findings_t));

    findings.cf = cf;
    findings.main = ngx_http_conf_get_module_main_conf(cf,
                                                       ngx_http_corsac_module);
    findings.file = name.data;

    if (!ngx_http_corsac_read_policy(cf, &name, &findings, &policy->set)) {
        findings.main->failed++;
        return findings.out_of_memory ? NULL : policy;
    }

    tables.cf = cf;
    tables.name = name;
    tables.ntables = 0;

    if (corsac_policy_set_tables(&policy->set, ngx_http_corsac_on_table,
                                 &tables)
        != CORSAC_OK)
    {
        return NULL;
    }

    /* If there is one policy for all paths, no request needs a search. */

    (void) corsac_policy_open(policy->set.image, policy->set.len,
                              &policy->single);

    if (findings.out_of_memory
        || ngx_http_corsac_init_paths(policy, tables.ntables) != NGX_OK)
    {
        return NULL;
    }

    return policy;
}


char *
ngx_http_corsac_set_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_loc_conf_t  *ccf = conf;

    ngx_str_t                         *value;
    ngx_http_compile_complex_value_t   ccv;

    if (ccf->image || ccf->choice) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_http_script_variables_count(&value[1]) == 0) {
        ccf->image = ngx_http_corsac_open_policy(cf, &value[1]);

        return ccf->image ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    ccf->choice = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (ccf->choice == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = ccf->choice;

    return ngx_http_compile_complex_value(&ccv) == NGX_OK ? NGX_CONF_OK
                                                          : NGX_CONF_ERROR;
}
