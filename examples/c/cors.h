/* Corsac in front of libmicrohttpd: it responds to preflights, and puts the headers on every response of the application. */
#ifndef CORS_H
#define CORS_H

#include <corsac.h>
#include <microhttpd.h>

struct cors {
    corsac_policy_set policies;
    /* The response to a request that is not a preflight, and its status. NULL: there is no memory. */
    struct MHD_Response *(*application)(const char *url, unsigned *status);
};

/* libmicrohttpd's daemon calls this for each request, with a `struct cors` as its first argument. */
enum MHD_Result cors_respond(void *cors, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *body, size_t *body_len, void **state);

#endif
