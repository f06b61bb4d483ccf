/* speed preflight|compile TURNS: what one turn takes, `library.rs` counts. */
#include <stdlib.h>
#include <string.h>
#include "corsac.h"

#define TEXT(literal) { (const uint8_t *)(literal), sizeof(literal) - 1 }

static const corsac_bytes options = TEXT("OPTIONS");
static const corsac_bytes names[] = { TEXT("Origin"), TEXT("Access-Control-Request-Method"),
    TEXT("Access-Control-Request-Headers") };
static const corsac_bytes values[] = { TEXT("https://tenant-5.example.com"), TEXT("PUT"),
    TEXT("authorization,content-type,x-trace") };
static const corsac_bytes origins[] = { TEXT("https://tenant-4.example.com"), TEXT("https://tenant-5.example.com"),
    TEXT("https://*.wild.example") };
static const corsac_bytes methods[] = { TEXT("GET"), TEXT("POST"), TEXT("PUT") };
static const corsac_bytes headers[] = { TEXT("authorization"), TEXT("content-type"), TEXT("x-trace") };

static int compile(corsac_policy *policy)
{
    static uint8_t image[4096];
    corsac_spec spec;
    corsac_spec_init(&spec);
    spec.allow_origins = (corsac_list){ origins, 3 };
    spec.allow_methods = (corsac_list){ methods, 3 };
    spec.allow_headers = (corsac_list){ headers, 3 };
    spec.allow_credentials = 1;
    return corsac_policy_compile(&spec, image, sizeof image, NULL, NULL, policy) == CORSAC_OK;
}

static int preflight(const corsac_policy *policy)
{
    corsac_request request;
    corsac_decision decision;
    int i;
    corsac_request_init(&request, options);
    for (i = 0; i < 3; i++)
        corsac_request_add_header(&request, names[i], values[i]);
    return corsac_policy_evaluate(policy, &request, &decision) == CORSAC_OK && decision.denial == CORSAC_ALLOWED;
}

int main(int count, char **arguments)
{
    corsac_policy policy;
    long turns = count > 2 ? atol(arguments[2]) : 0;
    int compiles = count > 1 && strcmp(arguments[1], "compile") == 0;
    if (!compile(&policy))
        return 1;
    while (turns-- > 0)
        if (!(compiles ? compile(&policy) : preflight(&policy)))
            return 1;
    return 0;
}
