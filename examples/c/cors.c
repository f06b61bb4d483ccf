/* The adapter: every line of the request goes in, every header of the decision comes out. No CORS rule stands here. */
#include "cors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum MHD_Result take(void *request, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t len)
{
    corsac_bytes field = { (const uint8_t *)name, name_len }, text = { (const uint8_t *)value, len };
    (void)kind;
    /* libmicrohttpd takes the white space in front of a value away, not that behind it. */
    while (text.len > 0 && (value[text.len - 1] == ' ' || value[text.len - 1] == '\t'))
        text.len--;
    return corsac_request_header(request, field, text) == CORSAC_OK ? MHD_YES : MHD_NO;
}

int cors_decide(const corsac_policy *policy, struct MHD_Connection *connection, const char *method, corsac_decision *decision)
{
    const corsac_bytes name = { (const uint8_t *)method, strlen(method) };
    corsac_request request;
    return corsac_request_init(&request, name) == CORSAC_OK
        && MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take, &request) >= 0
        && corsac_evaluate(policy, &request, decision) == CORSAC_OK;
}

/* libmicrohttpd wants texts that end with a NUL. */
static int add(struct MHD_Response *response, const corsac_decision *decision)
{
    size_t i;
    for (i = 0; i < decision->header_count; i++) {
        const corsac_bytes *name = &decision->headers[i].name, *value = &decision->headers[i].value;
        char *line = malloc(name->len + value->len + 2);
        enum MHD_Result added;
        if (line == NULL)
            return 0;
        sprintf(line, "%.*s%c%.*s", (int)name->len, (const char *)name->ptr, 0, (int)value->len, (const char *)value->ptr);
        added = MHD_add_response_header(response, line, line + name->len + 1);
        free(line);
        if (added != MHD_YES)
            return 0;
    }
    return 1;
}

enum MHD_Result cors_send(
    struct MHD_Connection *connection, const corsac_decision *decision, unsigned status, struct MHD_Response *response)
{
    enum MHD_Result sent = MHD_NO;
    if (response != NULL && add(response, decision))
        sent = MHD_queue_response(connection, status, response);
    if (response != NULL)
        MHD_destroy_response(response);
    return sent;
}

/* The reason goes to the log, escaped, and into the body where the status permits one. */
enum MHD_Result cors_preflight(struct MHD_Connection *connection, const corsac_decision *decision)
{
    char line[CORSAC_MESSAGE_MAX + 1];
    size_t len = 0;
    struct MHD_Response *response;
    corsac_denial_message(decision, (uint8_t *)line, CORSAC_MESSAGE_MAX, &len);
    if (len > 0) {
        line[len++] = '\n';
        fprintf(stderr, "preflight denied: %.*s", (int)len, line);
    }
    if (decision->status == 204 || decision->status == 205)
        len = 0;
    response = MHD_create_response_from_buffer(len, line, MHD_RESPMEM_MUST_COPY);
    if (response != NULL && len > 0) {
        MHD_add_response_header(response, "Content-Type", "text/plain");
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    }
    return cors_send(connection, decision, (unsigned)decision->status, response);
}
