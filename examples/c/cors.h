/* Corsac in front of libmicrohttpd: a preflight is answered, and the headers are on whatever the application answers. */
#ifndef CORS_H
#define CORS_H

#include <corsac.h>
#include <microhttpd.h>

struct cors {
    corsac_policy policy;
    /* The answer to what is no preflight, and its status. NULL: there is no memory. */
    struct MHD_Response *(*application)(const char *url, unsigned *status);
};

/* Answers each request; what libmicrohttpd's daemon calls, with a `struct cors` as its first argument. */
enum MHD_Result cors_answer(void *cors, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *body, size_t *body_len, void **state);

#endif
