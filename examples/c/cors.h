/* Corsac in front of libmicrohttpd: decide once, then answer a preflight, or add the headers to whatever the application answers. */
#ifndef CORS_H
#define CORS_H

#include <corsac.h>
#include <microhttpd.h>

/* Asks about the connection's request; the decision is good for as long as the request. 0: the request cannot be read. */
int cors_decide(const corsac_policy *policy, struct MHD_Connection *connection, const char *method, corsac_decision *decision);

/* The whole answer to a preflight, but for the decision's headers. NULL: no memory. */
struct MHD_Response *cors_preflight(const corsac_decision *decision);

/* Adds the decision's headers. 0: no memory, and the response must not leave. */
int cors_add(struct MHD_Response *response, const corsac_decision *decision);

#endif
