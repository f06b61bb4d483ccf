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


/* Adds all words of the directive to the list, which is made if need be. */
static char *
ngx_http_corsac_add_words(ngx_conf_t *cf, ngx_http_corsac_option_t *option)
{
    ngx_str_t                *value;
    ngx_uint_t                i, n;
    corsac_bytes             *text;
    ngx_http_corsac_place_t  *place;

    value = cf->args->elts;
    n = cf->args->nelts - 1;

    if (option->texts == NULL) {
        option->texts = ngx_array_create(cf->pool, n, sizeof(corsac_bytes));
        option->places = ngx_array_create(cf->pool, n,
                                          sizeof(ngx_http_corsac_place_t));

        if (option->texts == NULL || option->places == NULL) {
            return NGX_CONF_ERROR;
        }

        if (n == 1 && ngx_http_corsac_is_word(&value[1], "off")) {
            return NGX_CONF_OK;
        }
    }

    text = ngx_array_push_n(option->texts, n);
    place = ngx_array_push_n(option->places, n);
    if (text == NULL || place == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < n; i++) {
        text[i] = ngx_http_corsac_bytes(&value[i + 1]);
        place[i] = option->place;
    }

    ngx_http_corsac_find_lines(cf, text, place, n);

    return NGX_CONF_OK;
}


/* An option that is not a list. */
static char *
ngx_http_corsac_set_once(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_corsac_loc_conf_t *ccf, int64_t number)
{
    ngx_http_corsac_option_t  *option;

    if (ccf->options[cmd->offset]) {
        return "is duplicate";
    }

    option = ngx_http_corsac_option(cf, cmd, ccf);
    if (option == NULL) {
        return NGX_CONF_ERROR;
    }

    option->number = number;

    return NGX_CONF_OK;
}


char *
ngx_http_corsac_set_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_loc_conf_t  *ccf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_corsac_option_t  *option;

    value = cf->args->elts;
    option = ccf->options[cmd->offset];

    if (option && option->texts->nelts == 0) {
        return "is \"off\" already";
    }

    if (option || cf->args->nelts > 2) {
        for (i = 1; i < cf->args->nelts; i++) {
            if (ngx_http_corsac_is_word(&value[i], "off")) {
                return "takes \"off\" alone: it is the empty list";
            }
        }
    }

    option = ngx_http_corsac_option(cf, cmd, ccf);
    if (option == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_corsac_add_words(cf, option);
}


/* A flag, or the public suffixes that it is meant for. */
char *
ngx_http_corsac_set_suffixes(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_loc_conf_t  *ccf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_corsac_option_t  *option;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (!ngx_http_corsac_is_word(&value[i], "on")
            && !ngx_http_corsac_is_word(&value[i], "off"))
        {
            continue;
        }

        if (cf->args->nelts > 2) {
            return "takes \"on\" or \"off\" alone, or a list of public "
                   "suffixes";
        }

        return ngx_http_corsac_set_flag(cf, cmd, conf);
    }

    option = ccf->options[cmd->offset];

    if (option && option->texts == NULL) {
        return "is duplicate";
    }

    option = ngx_http_corsac_option(cf, cmd, ccf);
    if (option == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_corsac_add_words(cf, option);
}


char *
ngx_http_corsac_set_flag(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char           *rv;
    ngx_flag_t      flag;
    ngx_command_t   parse;

    flag = NGX_CONF_UNSET;

    parse = *cmd;
    parse.offset = 0;
    parse.post = NULL;

    rv = ngx_conf_set_flag_slot(cf, &parse, &flag);

    return rv == NGX_CONF_OK ? ngx_http_corsac_set_once(cf, cmd, conf, flag)
                             : rv;
}


/* A status, or seconds as nginx writes time. The engine checks its range. */
char *
ngx_http_corsac_set_number(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_int_t   number;
    ngx_str_t   digits, *value;
    ngx_uint_t  negative;

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

    return ngx_http_corsac_set_once(cf, cmd, conf,
                                    negative ? -number : number);
}
