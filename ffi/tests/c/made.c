/* Policies and requests for tests of other things. */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>

#include "fault.h"
#include "memory.h"

static void must(corsac_result result)
{
    if (result != CORSAC_OK) {
        printf("what is good is refused: %s\n", shown(corsac_result_text(result)));
        exit(1);
    }
}

corsac_spec made_spec(void)
{
    static corsac_bytes origins[1];
    corsac_spec spec;
    origins[0] = literal("https://a.example");
    must(corsac_spec_init(&spec));
    spec.allow_origins.ptr = origins;
    spec.allow_origins.len = 1;
    return spec;
}

corsac_policy compiled(const corsac_spec *spec)
{
    corsac_policy policy;
    size_t size;
    must(corsac_policy_size(spec, &size));
    must(corsac_policy_compile(spec, keep(size), size, NULL, NULL, &policy));
    return policy;
}

corsac_policy made_policy(void)
{
    corsac_spec spec = made_spec();
    return compiled(&spec);
}

corsac_request *made_request(const char *method, const char *name, const char *value)
{
    corsac_request *request = keep(sizeof *request);
    must(corsac_request_init(request, literal(method)));
    if (name != NULL)
        must(corsac_request_add_header(request, literal(name), literal(value)));
    return request;
}
