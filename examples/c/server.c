/* server [PORT]: one endpoint, /items, and two policies that are compiled when the server starts. A wrong policy stops it. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cors.h"

#define TEXT(literal) { (const uint8_t *)(literal), sizeof(literal) - 1 }
#define TEXTS(...) (const corsac_bytes[]){ __VA_ARGS__ }
#define LIST(...) (corsac_list){ TEXTS(__VA_ARGS__), sizeof(TEXTS(__VA_ARGS__)) / sizeof(corsac_bytes) }

static void print(void *file, const corsac_finding *finding)
{
    fprintf(file, "%.*s\n", (int)finding->message.len, (const char *)finding->message.ptr);
}

static corsac_result compile(corsac_policy_set *policies)
{
    static uint8_t image[4096];
    corsac_spec items, rest;
    const corsac_policy_table tables[] = { { TEXT("/items"), &items, 0 }, { TEXT("/"), &rest, 0 }, { TEXT("/health"), NULL, 1 } };
    corsac_spec_init(&items);
    items.allow_origins = LIST(TEXT("https://app.example.com"), TEXT("https://*.preview.example.com"));
    items.allow_methods = LIST(TEXT("GET"), TEXT("PUT"));
    items.allow_headers = LIST(TEXT("authorization"), TEXT("content-type"));
    items.allow_credentials = 1;
    corsac_spec_init(&rest);
    rest.allow_origins = LIST(TEXT("*"));
    rest.allow_methods = LIST(TEXT("GET"), TEXT("HEAD"));
    return corsac_policy_set_compile(tables, sizeof tables / sizeof *tables, image, sizeof image, print, stderr, policies);
}

static struct MHD_Response *application(const char *url, unsigned *status)
{
    const int is_here = strcmp(url, "/items") == 0 || strcmp(url, "/health") == 0;
    *status = is_here ? 200 : 404;
    return MHD_create_response_from_buffer(3, is_here ? "[]\n" : "no\n", MHD_RESPMEM_PERSISTENT);
}

int main(int count, char **arguments)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) },
        .sin_port = htons((uint16_t)(count > 1 ? atoi(arguments[1]) : 3000)) };
    struct cors cors = { .application = application };
    sigset_t signals;
    int signal;
    if (compile(&cors.policies) != CORSAC_OK)
        return 1;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, cors_respond, &cors,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    printf("http://127.0.0.1:%u/items\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    sigwait(&signals, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}
