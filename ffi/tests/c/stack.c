/*
 * Measures the stack of the library. It is linked into another program with `--wrap` for each function below. Before each call it paints the stack
 * below, after the call it looks how far the paint is gone, and at the end it prints the deepest call of each function, callbacks included.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <corsac.h>

/* The arguments of the call itself can go a little deeper the second time. */
enum { ROOM = 96 * 1024, SHIFT = 256, PAINT = 0xA5 };

/* Paints the stack below its caller, or returns how many bytes of it are not painted any more. */
static size_t reach(int is_painting)
{
    volatile unsigned char room[ROOM];
    size_t i;
    for (i = is_painting ? 0 : SHIFT; i < ROOM && (is_painting || room[i] == PAINT); i++)
        room[i] = PAINT;
    return ROOM - i;
}

/* Must not be inlined into its caller. */
static size_t (*const volatile below)(int) = reach;

static struct {
    const char *name;
    size_t bytes;
} deepest[24];

static void tell(void)
{
    size_t i;
    for (i = 0; i < sizeof deepest / sizeof *deepest && deepest[i].name != NULL; i++)
        printf("stack: %s %lu\n", deepest[i].name, (unsigned long)deepest[i].bytes);
}

static void note(const char *name, size_t bytes)
{
    size_t i = 0;
    if (deepest[0].name == NULL)
        atexit(tell);
    while (deepest[i].name != NULL && strcmp(deepest[i].name, name) != 0)
        i++;
    deepest[i].name = name;
    if (deepest[i].bytes < bytes)
        deepest[i].bytes = bytes;
}

#define MEASURED(function, parameters, arguments)   \
    int32_t __real_##function parameters;           \
    int32_t __wrap_##function parameters;           \
    int32_t __wrap_##function parameters            \
    {                                               \
        int32_t result;                             \
        below(1);                                   \
        result = __real_##function arguments;       \
        note(#function, below(0));                  \
        return result;                              \
    }

MEASURED(corsac_policy_size, (const corsac_spec *spec, size_t *size), (spec, size))

MEASURED(corsac_policy_compile,
    (const corsac_spec *spec, uint8_t *storage, size_t len, corsac_on_finding on_finding, void *data, corsac_policy *policy),
    (spec, storage, len, on_finding, data, policy))

MEASURED(corsac_policy_set_compile,
    (const corsac_policy_table *tables, size_t count, uint8_t *storage, size_t len, corsac_on_finding on_finding, void *data,
        corsac_policy_set *set),
    (tables, count, storage, len, on_finding, data, set))

MEASURED(corsac_policy_set_parse,
    (corsac_bytes text, uint8_t *scratch, size_t scratch_len, uint8_t *storage, size_t storage_len, corsac_on_finding on_finding, void *data,
        corsac_parse_sizes *sizes, corsac_policy_set *set),
    (text, scratch, scratch_len, storage, storage_len, on_finding, data, sizes, set))

MEASURED(corsac_policy_set_open, (const uint8_t *image, size_t len, corsac_policy_set *set), (image, len, set))

MEASURED(corsac_policy_set_evaluate,
    (const corsac_policy_set *set, const corsac_request_path *path, const corsac_request *request, corsac_decision *decision),
    (set, path, request, decision))

MEASURED(corsac_policy_open, (const uint8_t *image, size_t len, corsac_policy *policy), (image, len, policy))

MEASURED(corsac_policy_evaluate, (const corsac_policy *policy, const corsac_request *request, corsac_decision *decision),
    (policy, request, decision))

MEASURED(corsac_denial_message, (const corsac_decision *decision, uint8_t *buffer, size_t capacity, size_t *written),
    (decision, buffer, capacity, written))

MEASURED(corsac_explain,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, int32_t profile, corsac_on_blocked on_blocked, void *data,
        corsac_judgement *judgement),
    (request, hops, count, profile, on_blocked, data, judgement))

MEASURED(corsac_exposed_headers,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, int32_t profile, corsac_on_text on_name, void *data),
    (request, hops, count, profile, on_name, data))

MEASURED(corsac_dropped_headers, (const corsac_script_request *request, corsac_on_header on_header, void *data),
    (request, on_header, data))

MEASURED(corsac_step_at,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, size_t hop, int32_t profile, corsac_step *step),
    (request, hops, count, hop, profile, step))

MEASURED(corsac_step_requested_headers,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, size_t hop, int32_t profile, uint8_t *buffer,
        size_t capacity, size_t *written),
    (request, hops, count, hop, profile, buffer, capacity, written))

MEASURED(corsac_step_headers,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, size_t hop, corsac_on_header on_header, void *data),
    (request, hops, count, hop, on_header, data))

MEASURED(corsac_step_passing_lines,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, size_t hop, int32_t profile, int32_t of_preflight,
        corsac_on_text on_line, void *data),
    (request, hops, count, hop, profile, of_preflight, on_line, data))

MEASURED(corsac_needs_preflight_after,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, int32_t profile, const corsac_script_request *later,
        uint64_t milliseconds),
    (request, hops, count, profile, later, milliseconds))

MEASURED(corsac_decode_console, (corsac_bytes text, corsac_console_message *console), (text, console))

MEASURED(corsac_deliver,
    (const corsac_script_request *request, const corsac_hop *hops, size_t count, const corsac_network *network, int32_t profile,
        corsac_on_delivery on_delivery, void *data),
    (request, hops, count, network, profile, on_delivery, data))

MEASURED(corsac_decode_delivery, (corsac_bytes text, corsac_delivery_message *message), (text, message))
