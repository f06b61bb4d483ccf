// The header in C++17: alone and twice, and a decision through it.
#include <corsac.h>
#include <corsac.h>

#include <cstdio>
#include <string_view>
#include <vector>

static corsac_bytes bytes(std::string_view text)
{
    return { reinterpret_cast<const uint8_t *>(text.data()), text.size() };
}

static std::string_view text(corsac_bytes bytes)
{
    return { reinterpret_cast<const char *>(bytes.ptr), bytes.len };
}

int main()
{
    corsac_spec spec;
    const corsac_bytes origin = bytes("https://*.example.com");
    size_t size = 0;
    corsac_policy policy;
    corsac_request request;
    corsac_decision decision;
    if (corsac_spec_init(&spec) != CORSAC_OK)
        return 1;
    spec.allow_origins = { &origin, 1 };
    spec.max_age = CORSAC_UNSET;
    if (corsac_policy_size(&spec, &size) != CORSAC_OK)
        return 1;
    std::vector<uint8_t> storage(size);
    const corsac_result result = corsac_policy_compile(&spec, storage.data(), storage.size(), nullptr, nullptr, &policy);
    if (result != CORSAC_OK)
        return 1;
    corsac_request_init(&request, bytes("GET"));
    corsac_request_add_header(&request, bytes("origin"), bytes("https://a.example.com"));
    if (corsac_policy_evaluate(&policy, &request, &decision) != CORSAC_OK || decision.denial != CORSAC_ALLOWED)
        return 1;
    for (size_t i = 0; i < decision.header_count; i++)
        std::printf("%.*s: %.*s\n", static_cast<int>(decision.headers[i].name.len), text(decision.headers[i].name).data(),
            static_cast<int>(decision.headers[i].value.len), text(decision.headers[i].value).data());
    return 0;
}
