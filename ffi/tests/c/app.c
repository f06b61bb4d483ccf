/* A program that has only the installed header and library. */
#include <corsac.h>
#include <stdio.h>

int main(void)
{
    const corsac_bytes origin = { (const uint8_t *)"https://app.example.com", 23 };
    const corsac_bytes get = { (const uint8_t *)"GET", 3 }, name = { (const uint8_t *)"Origin", 6 };
    corsac_bytes version = corsac_version();
    uint8_t storage[2048];
    corsac_spec spec;
    corsac_policy policy;
    corsac_request request;
    corsac_decision decision;
    corsac_spec_init(&spec);
    spec.allow_origins.ptr = &origin;
    spec.allow_origins.len = 1;
    if (corsac_policy_compile(&spec, storage, sizeof storage, NULL, NULL, &policy) != CORSAC_OK)
        return 1;
    corsac_request_init(&request, get);
    corsac_request_add_header(&request, name, origin);
    if (corsac_policy_evaluate(&policy, &request, &decision) != CORSAC_OK || decision.denial != CORSAC_ALLOWED)
        return 1;
    printf("corsac %.*s, ABI %u\n", (int)version.len, (const char *)version.ptr, (unsigned)corsac_abi_version());
    return 0;
}
