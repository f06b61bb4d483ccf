/* The adapter passes every header of the request to Corsac, and puts the headers of the decision on the response. */
#include "cors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(text, len) (corsac_bytes){ (const uint8_t *)(text), len }

static enum MHD_Result add_to_request(void *request, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t len)
{
    (void)kind;
    /* libmicrohttpd removes the white space before a value, but not that after it. */
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        len--;
    return corsac_request_add_header(request, BYTES(name, name_len), BYTES(value, len)) == CORSAC_OK ? MHD_YES : MHD_NO;
}

/* The application gets the same URL, decoded by libmicrohttpd, so there is no raw path. */
static int decide(const struct cors *cors, struct MHD_Connection *connection, const char *url, const char *method, corsac_decision *decision)
{
    const corsac_request_path path = { { (const uint8_t *)url, strlen(url) }, { NULL, 0 } };
    corsac_request request;
    /* A path that is untouched has no decision. */
    decision->request_class = CORSAC_PLAIN;
    decision->header_count = 0;
    return corsac_request_init(&request, BYTES(method, strlen(method))) == CORSAC_OK
        && MHD_get_connection_values_n(connection, MHD_HEADER_KIND, add_to_request, &request) >= 0
        && corsac_policy_set_evaluate(&cors->policies, &path, &request, decision) >= CORSAC_OK;
}

/* libmicrohttpd wants texts that end with a NUL. */
static int add_to_response(struct MHD_Response *response, const corsac_header *header)
{
    const corsac_bytes name = header->name, value = header->value;
    char *line = malloc(name.len + value.len + 2);
    int is_added = 0;
    if (line != NULL) {
        sprintf(line, "%.*s%c%.*s", (int)name.len, (const char *)name.ptr, 0, (int)value.len, (const char *)value.ptr);
        is_added = MHD_add_response_header(response, line, line + name.len + 1) == MHD_YES;
    }
    free(line);
    return is_added;
}

/* The reason goes to the log, and into the body if the status allows one. It is escaped. */
static struct MHD_Response *respond_to_preflight(const corsac_decision *decision)
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
    return response;
}

enum MHD_Result cors_respond(void *data, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *body, size_t *body_len, void **state)
{
    const struct cors *cors = data;
    struct MHD_Response *response;
    corsac_decision decision;
    enum MHD_Result sent;
    unsigned status;
    size_t i = 0;
    (void)version, (void)body;
    /* First comes the head alone, then each piece of the body, then the end. */
    if (*state == NULL || *body_len > 0) {
        *state = data;
        *body_len = 0;
        return MHD_YES;
    }
    if (!decide(cors, connection, url, method, &decision))
        return MHD_NO;
    status = (unsigned)decision.status;
    response = decision.request_class == CORSAC_PREFLIGHT ? respond_to_preflight(&decision) : cors->application(url, &status);
    if (response == NULL)
        return MHD_NO;
    while (i < decision.header_count && add_to_response(response, &decision.headers[i]))
        i++;
    sent = i == decision.header_count ? MHD_queue_response(connection, status, response) : MHD_NO;
    MHD_destroy_response(response);
    return sent;
}
