/* Corsac in front of libmicrohttpd: decide once, then answer a preflight, or add the headers to whatever the application answers. */
#ifndef CORS_H
#define CORS_H

#include <corsac.h>
#include <microhttpd.h>

/* Asks about the connection's request; the decision is good for as long as the request. 0: the request cannot be read. */
int cors_decide(const corsac_policy *policy, struct MHD_Connection *connection, const char *method, corsac_decision *decision);

/* Answers a preflight. */
enum MHD_Result cors_preflight(struct MHD_Connection *connection, const corsac_decision *decision);

/* Sends the response with the decision's headers, and lets go of it. Without memory (NULL, too) nothing leaves. */
enum MHD_Result cors_send(
    struct MHD_Connection *connection, const corsac_decision *decision, unsigned status, struct MHD_Response *response);

#endif
