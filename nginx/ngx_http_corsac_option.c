/*
 * The words of a directive, and their places. The engine checks what they
 * mean when a block is complete.
 *
 * A list that is written again in a block grows, as `server_name` does; any
 * other directive is a duplicate then. `off` alone is the empty list.
 */

#include "ngx_http_corsac_module.h"


static ngx_http_corsac_place_t
ngx_http_corsac_place(ngx_conf_t *cf)
{
    ngx_http_corsac_place_t  place;

    /* The line where the directive ends. The name is in the cycle's pool. */

    ngx_memzero(&place, sizeof(place));

    if (cf->conf_file && cf->conf_file->file.fd != NGX_INVALID_FILE) {
        place.file = cf->conf_file->file.name.data;
        place.line = cf->conf_file->line;
    }

    return place;
}


/* The option of this directive, made if it is not there. */
static ngx_http_corsac_option_t *
ngx_http_corsac_option(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_corsac_loc_conf_t *conf)
{
    ngx_http_corsac_option_t  *option;

    option = conf->options[cmd->offset];

    if (option == NULL) {
        option = ngx_pcalloc(cf->pool, sizeof(ngx_http_corsac_option_t));
        if (option == NULL) {
            return NULL;
        }

        conf->options[cmd->offset] = option;
    }

    option->place = ngx_http_corsac_place(cf);

    return option;
}


char *
ngx_http_corsac_set_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_loc_conf_t  *ccf = conf;

    ccf->place = ngx_http_corsac_place(cf);

    return ngx_conf_set_flag_slot(cf, cmd, conf);
}


/* Whether `place` is in a comment, which a `#` that starts a word begins. */
static ngx_uint_t
ngx_http_corsac_is_comment(const u_char *start, const u_char *place)
{
    u_char         quote;
    ngx_uint_t     begins;
    const u_char  *p;

    for (p = place; p > start && p[-1] != LF; p--) {
        /* void */
    }

    begins = 1;
    quote = 0;

    for ( /* void */ ; p < place; p++) {

        if (quote) {
            quote = (*p == quote) ? 0 : quote;
            continue;
        }

        if (begins && *p == '#') {
            return 1;
        }

        if (begins && (*p == '"' || *p == '\'')) {
            quote = *p;
        }

        begins = (*p == ' ' || *p == '\t' || *p == CR || *p == ';'
                  || *p == '{' || *p == '}');
    }

    return 0;
}


/*
 * nginx knows the line where a directive ends, but a list can have many
 * lines. Its words are still in nginx's buffer, before the place where it
 * reads: from the last to the first, search each one before the next. A word
 * that is not there (because of an escape, or because it has left the buffer)
 * gets the line of the next.
 */
static void
ngx_http_corsac_find_lines(ngx_conf_t *cf, const corsac_bytes *texts,
    ngx_http_corsac_place_t *places, ngx_uint_t n)
{
    u_char      *p, *end, *start;
    ngx_uint_t   line;

    if (places[n - 1].file == NULL) {
        return;
    }

    start = cf->conf_file->buffer->start;
    end = cf->conf_file->buffer->pos;
    line = places[n - 1].line;

    while (n--) {

        if (texts[n].len && texts[n].len <= (size_t) (end - start)) {

            for (p = end - texts[n].len; p > start; p--) {
                if (ngx_memcmp(p, texts[n].ptr, texts[n].len) == 0
                    && !ngx_http_corsac_is_comment(start, p))
                {
                    break;
                }
            }

            if (p > start) {
                while (end > p) {
                    line -= (*--end == LF);
                }
            }
        }

        places[n].line = line;
    }
}


static ngx_uint_t
ngx_http_corsac_is_word(const ngx_str_t *word, const char *text)
{
    return word->len == ngx_strlen(text)
           && ngx_memcmp(word->data, text, word->len) == 0;
}


/* An empty list, to add entries to. */
static ngx_int_t
ngx_http_corsac_begin_list(ngx_conf_t *cf, ngx_http_corsac_option_t *option)
{
    option->texts = ngx_array_create(cf->pool, cf->args->nelts,
                                     sizeof(corsac_bytes));
    option->places = ngx_array_create(cf->pool, cf->args->nelts,
                                      sizeof(ngx_http_corsac_place_t));

    return option->texts && option->places ? NGX_OK : NGX_ERROR;
}


/* Adds all words of the directive. */
static ngx_int_t
ngx_http_corsac_add_words(ngx_conf_t *cf, ngx_http_corsac_option_t *option)
{
    ngx_str_t                *value;
    ngx_uint_t                i;
    corsac_bytes             *text;
    ngx_http_corsac_place_t  *place;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        text = ngx_array_push(option->texts);
        place = ngx_array_push(option->places);
        if (text == NULL || place == NULL) {
            return NGX_ERROR;
        }

        text->ptr = value[i].data;
        text->len = value[i].len;
        *place = option->place;
    }

    i = cf->args->nelts - 1;
    text = option->texts->elts;
    place = option->places->elts;

    ngx_http_corsac_find_lines(cf, text + option->texts->nelts - i,
                               place + option->places->nelts - i, i);

    return NGX_OK;
}


char *
ngx_http_corsac_set_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_corsac_option_t  *option;

    option = ngx_http_corsac_option(cf, cmd, conf);
    if (option == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    if (option->texts == NULL) {

        if (ngx_http_corsac_begin_list(cf, option) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        if (cf->args->nelts == 2 && ngx_http_corsac_is_word(&value[1], "off"))
        {
            return NGX_CONF_OK;
        }

    } else if (option->texts->nelts == 0) {
        return "is \"off\" already";
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_corsac_is_word(&value[i], "off")) {
            return "takes \"off\" alone: it is the empty list";
        }
    }

    if (ngx_http_corsac_add_words(cf, option) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* A flag, or the public suffixes that it is meant for. */
char *
ngx_http_corsac_set_suffixes(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_loc_conf_t  *ccf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i, is_flag;
    ngx_http_corsac_option_t  *option;

    value = cf->args->elts;
    is_flag = 0;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_corsac_is_word(&value[i], "on")
            || ngx_http_corsac_is_word(&value[i], "off"))
        {
            is_flag = 1;
        }
    }

    if (is_flag && cf->args->nelts > 2) {
        return "takes \"on\" or \"off\" alone, or a list of public suffixes";
    }

    option = ccf->options[cmd->offset];

    if (option && (is_flag || option->texts == NULL)) {
        return "is duplicate";
    }

    option = ngx_http_corsac_option(cf, cmd, ccf);
    if (option == NULL) {
        return NGX_CONF_ERROR;
    }

    if (is_flag) {
        option->number = ngx_http_corsac_is_word(&value[1], "on");
        return NGX_CONF_OK;
    }

    if (option->texts == NULL
        && ngx_http_corsac_begin_list(cf, option) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_corsac_add_words(cf, option) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_corsac_set_flag(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_loc_conf_t  *ccf = conf;

    char                      *rv;
    ngx_flag_t                 flag;
    ngx_command_t              parse;
    ngx_http_corsac_option_t  *option;

    if (ccf->options[cmd->offset]) {
        return "is duplicate";
    }

    flag = NGX_CONF_UNSET;

    parse = *cmd;
    parse.offset = 0;
    parse.post = NULL;

    rv = ngx_conf_set_flag_slot(cf, &parse, &flag);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    option = ngx_http_corsac_option(cf, cmd, ccf);
    if (option == NULL) {
        return NGX_CONF_ERROR;
    }

    option->number = flag;

    return NGX_CONF_OK;
}


/* A status, or seconds as nginx writes time. The engine checks its range. */
char *
ngx_http_corsac_set_number(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_loc_conf_t  *ccf = conf;

    ngx_int_t                  number;
    ngx_str_t                  digits, *value;
    ngx_uint_t                 negative;
    ngx_http_corsac_option_t  *option;

    if (ccf->options[cmd->offset]) {
        return "is duplicate";
    }

    value = cf->args->elts;
    digits = value[1];
    negative = (digits.len > 1 && digits.data[0] == '-');

    if (negative) {
        digits.data++;
        digits.len--;
    }

    if (cmd->offset == NGX_HTTP_CORSAC_MAX_AGE) {
        number = ngx_parse_time(&digits, 1);

    } else {
        number = ngx_atoi(digits.data, digits.len);
    }

    if (number == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"%V\" is not a number%s",
                           &value[1], &value[0],
                           cmd->offset == NGX_HTTP_CORSAC_MAX_AGE
                               ? " of seconds: write \"600\" or \"10m\""
                               : ": write a status");
        return NGX_CONF_ERROR;
    }

    option = ngx_http_corsac_option(cf, cmd, ccf);
    if (option == NULL) {
        return NGX_CONF_ERROR;
    }

    option->number = negative ? -number : number;

    return NGX_CONF_OK;
}
