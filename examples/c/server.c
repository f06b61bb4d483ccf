/* server [PORT]: one endpoint, /items, behind a policy that is compiled when the server starts. A wrong one does not start. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cors.h"

#define TEXT(literal) { (const uint8_t *)(literal), sizeof(literal) - 1 }
#define LIST(array) { (array), sizeof(array) / sizeof *(array) }

static void tell(void *data, const corsac_finding *finding)
{
    (void)data;
    fprintf(stderr, "%.*s\n", (int)finding->message.len, (const char *)finding->message.ptr);
}

static corsac_result compile(corsac_policy *policy)
{
    static const corsac_bytes origins[] = { TEXT("https://app.example.com"), TEXT("https://*.preview.example.com") };
    static const corsac_bytes methods[] = { TEXT("GET"), TEXT("PUT") }, headers[] = { TEXT("authorization"), TEXT("content-type") };
    static uint8_t image[2048];
    corsac_spec spec;
    corsac_spec_init(&spec);
    spec.allow_origins = (corsac_list)LIST(origins);
    spec.allow_methods = (corsac_list)LIST(methods);
    spec.allow_headers = (corsac_list)LIST(headers);
    spec.allow_credentials = 1;
    return corsac_policy_compile(&spec, image, sizeof image, tell, NULL, policy);
}

static enum MHD_Result application(struct MHD_Connection *connection, const corsac_decision *decision, const char *url)
{
    const int is_here = strcmp(url, "/items") == 0;
    struct MHD_Response *response = MHD_create_response_from_buffer(3, is_here ? "[]\n" : "no\n", MHD_RESPMEM_PERSISTENT);
    return cors_send(connection, decision, is_here ? 200 : 404, response);
}

static enum MHD_Result answer(void *policy, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_size, void **state)
{
    corsac_decision decision;
    (void)version, (void)upload;
    /* First comes the head alone, then each piece of the body, then the end. */
    if (*state == NULL || *upload_size > 0) {
        *state = policy;
        *upload_size = 0;
        return MHD_YES;
    }
    if (!cors_decide(policy, connection, method, &decision))
        return MHD_NO;
    if (decision.request_class == CORSAC_PREFLIGHT)
        return cors_preflight(connection, &decision);
    return application(connection, &decision, url);
}

int main(int count, char **arguments)
{
    const uint16_t port = (uint16_t)(count > 1 ? atoi(arguments[1]) : 3000);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    struct MHD_Daemon *daemon;
    corsac_policy policy;
    sigset_t signals;
    int signal;
    if (compile(&policy) != CORSAC_OK)
        return 1;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, &policy, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    printf("http://127.0.0.1:%u/items\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    sigwait(&signals, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}
