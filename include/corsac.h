/*
 * Corsac: decides how a server must respond to cross-origin requests (CORS), and says why.
 *
 * Describe a policy (`corsac_spec`), compile it once into your own memory (`corsac_policy`), and evaluate each request (`corsac_request`). The
 * result is a `corsac_decision`: its class, whether it is allowed or why not, the status, and the exact response headers. Several policies for
 * different paths and origins are a `corsac_policy_set`.
 *
 *     #include <stdio.h>
 *     #include <string.h>
 *
 *     #include "corsac.h"
 *
 *     static corsac_bytes text(const char *string) {
 *         corsac_bytes bytes = {(const uint8_t *)string, strlen(string)};
 *         return bytes;
 *     }
 *
 *     static void show(void *data, const corsac_finding *finding) {
 *         (void)data;
 *         fprintf(stderr, "%.*s\n", (int)finding->message.len, (const char *)finding->message.ptr);
 *     }
 *
 *     int main(void) {
 *         static uint8_t storage[1024];
 *         corsac_bytes origins[] = {text("https://app.example.com"), text("https://preview-*.example.com")};
 *         corsac_spec spec;
 *         corsac_policy policy;
 *         corsac_request request;
 *         corsac_decision decision;
 *         size_t i;
 *
 *         corsac_spec_init(&spec);
 *         spec.allow_origins.ptr = origins;
 *         spec.allow_origins.len = sizeof origins / sizeof *origins;
 *         spec.max_age = 600;
 *         if (corsac_policy_compile(&spec, storage, sizeof storage, show, NULL, &policy) != CORSAC_OK)
 *             return 1;
 *
 *         corsac_request_init(&request, text("OPTIONS"));
 *         corsac_request_add_header(&request, text("Origin"), text("https://preview-7.example.com"));
 *         corsac_request_add_header(&request, text("Access-Control-Request-Method"), text("POST"));
 *         if (corsac_policy_evaluate(&policy, &request, &decision) != CORSAC_OK)
 *             return 1;
 *
 *         printf("%d\n", (int)decision.status);
 *         for (i = 0; i < decision.header_count; i++) {
 *             corsac_header header = decision.headers[i];
 *             printf("%.*s: %.*s\n", (int)header.name.len, (const char *)header.name.ptr,
 *                    (int)header.value.len, (const char *)header.value.ptr);
 *         }
 *         return decision.denial == CORSAC_ALLOWED ? 0 : 1;
 *     }
 *
 * Rules for every function:
 *
 * * It returns CORSAC_OK (0) or a negative number, an error. Outputs are the last parameters, and are written only on success. A function
 *   whose result is yes or no returns 1, 0 or a negative number. A function for the path of a request can also return CORSAC_UNTOUCHED (1),
 *   and `corsac_evaluate_ask` CORSAC_ASK (2).
 * * Texts are bytes and a length, never NUL-terminated, in any encoding. Lengths and sizes are in bytes.
 * * No function allocates or frees memory. A policy, a set, the policies of a path, a request and a decision keep pointers to your memory; their
 *   comments say for how long that memory must stay valid.
 * * You get CORSAC_INVALID_ARGUMENT for NULL, for a misaligned pointer, for NULL with a length, and for a number or a switch that this header
 *   does not name. The rest is your part: a pointer leads to as much memory as its length says, inputs are initialised and do not change
 *   during the call, and an output overlaps nothing else.
 * * There is no global state. You can call functions on any number of threads at once, as long as no thread writes what another one uses. A
 *   policy is never written to, so threads can share it.
 * * A callback runs on your thread before the function returns, and receives the `data` pointer that you pass. Its arguments are valid until
 *   it returns. It must return: no exception, no longjmp. It can call other functions of this header.
 * * A call uses up to 13 kB of stack, a call of the browser model up to 60 kB, and `corsac_needs_preflight_after` 78 kB, on a 64-bit machine
 *   (measured: 12 144, 56 264 and 73 248 bytes). The stack of a callback comes on top.
 *
 * ffi/src writes this file: change it there, then `make header`.
 */

#ifndef CORSAC_H
#define CORSAC_H

#include <stddef.h>
#include <stdint.h>

/* The `index` of a finding about an option as a whole, not about an entry of a list. */
#define CORSAC_NO_INDEX SIZE_MAX

/* The `table` of a finding about a single policy, or about a set as a whole. */
#define CORSAC_NO_TABLE SIZE_MAX

/* The version of this interface. It grows when a program that was built for the previous version could fail. */
#define CORSAC_ABI_VERSION 1

enum corsac_results {
    /* The call succeeded: its outputs are written. */
    CORSAC_OK = 0,
    /* The call succeeded, but no policy applies to the path: leave the response as it is. No output is written. */
    CORSAC_UNTOUCHED = 1,
    /* The decision depends on an origin: check it, then call `corsac_evaluate_asked`. */
    CORSAC_ASK = 2,
    /*
     * A pointer is NULL or misaligned, a length comes with NULL or is over half of the address space, a switch is neither 0 nor 1, a number has no
     * constant, a `size` is that of another version, or a request or a policy was never made.
     */
    CORSAC_INVALID_ARGUMENT = -1,
    /* There are errors among the findings. The callback has received each of them. */
    CORSAC_FINDINGS = -2,
    /* The memory for the output is too small. */
    CORSAC_STORAGE_TOO_SMALL = -3,
    /* The image would have 4 GiB or more: list fewer origins. */
    CORSAC_TOO_LARGE = -4,
    /* The bytes are not the image of a policy. */
    CORSAC_NOT_AN_IMAGE = -5,
    /* The image has another version of the format: compile the policy again. */
    CORSAC_OTHER_VERSION = -6,
    /* The image is cut short, or has bytes after its end. */
    CORSAC_WRONG_LENGTH = -7,
    /* The image is damaged: compile the policy again. */
    CORSAC_DAMAGED = -8,
    /* The image has a policy that compiling refuses. */
    CORSAC_REFUSED = -9,
    /* The browser model does not take that many headers or hops. */
    CORSAC_TOO_MANY = -10,
    /* The image is that of a policy set: open it with `corsac_policy_set_open`. */
    CORSAC_IS_SET = -11,
    /* A path of the set cannot be written in a policy file. */
    CORSAC_NO_SPELLING = -12
};

/* A number of `corsac_spec` that is not set, so that its default holds. */
#define CORSAC_UNSET INT64_MIN

enum corsac_text_limits {
    /* The maximum length of a message, of findings and of denials. */
    CORSAC_MESSAGE_MAX = 1024
};

enum corsac_severities {
    /* The policy does not compile. */
    CORSAC_ERROR = 1,
    /* The policy compiles, but probably does not mean what you meant. */
    CORSAC_WARNING = 2
};

enum corsac_request_size {
    /* The words of a request: what the engine needs today, and a tenth to spare. */
    CORSAC_REQUEST_WORDS = 624
};

enum corsac_classes {
    /* The request has no `Origin`. Pass it on to the application, and put the headers on its response. */
    CORSAC_PLAIN = 0,
    /* The request has an `Origin`. Pass it on to the application, allowed or not, and put the headers on its response. */
    CORSAC_ACTUAL = 1,
    /* A browser asks before it sends the request. Respond at once with `status` and the headers: the application must not see it. */
    CORSAC_PREFLIGHT = 2
};

enum corsac_denials {
    /* The request is allowed. */
    CORSAC_ALLOWED = 0,
    /* No pattern matches the origin. */
    CORSAC_ORIGIN_NOT_ALLOWED = 1,
    /* There is more than one `Origin`, or one that no browser sends. */
    CORSAC_ORIGIN_MALFORMED = 2,
    /* The requested method is not listed. */
    CORSAC_METHOD_NOT_ALLOWED = 3,
    /* There is more than one `Access-Control-Request-Method`, or one that is not a token. */
    CORSAC_METHOD_MALFORMED = 4,
    /* A requested header is not listed. */
    CORSAC_HEADER_NOT_ALLOWED = 5,
    /* A requested header is not a token or is repeated, or there are too many empty elements or too much white space. */
    CORSAC_HEADERS_MALFORMED = 6,
    /* A value of the request is over its limit: `Origin` 328 bytes, method 128, echoed header names 4096 bytes or 32 lines. */
    CORSAC_REQUEST_TOO_LARGE = 7,
    /*
     * The path can be read in more than one way: it has a `.` or `..` segment, an empty segment, a `\`, or an encoded `/` or `\`. Only a set with
     * more than one path denies it.
     */
    CORSAC_PATH_AMBIGUOUS = 8
};

enum corsac_limits {
    /* The maximum number of headers of a decision, with some to spare. */
    CORSAC_HEADERS_MAX = 40
};

/* The `id` of the policies of an ambiguous path: do not cache their decisions, because they contain the path. */
#define CORSAC_AMBIGUOUS_ID UINT32_MAX

enum corsac_path_policies_size {
    /* The words of the policies of a path: what the engine needs today, and room to spare. */
    CORSAC_PATH_POLICIES_WORDS = 16
};

enum corsac_response_limits {
    /* The maximum number of `Vary` headers that a decision adds to a response. */
    CORSAC_VARY_MAX = 4,
    /* The maximum number of headers that a decision adds to a response. */
    CORSAC_ADDED_MAX = 44
};

enum corsac_profiles {
    /* The Fetch standard, to the letter. */
    CORSAC_PROFILE_SPEC = 0,
    /* Chrome, Edge, Opera and all other browsers with Chromium inside. */
    CORSAC_PROFILE_CHROMIUM = 1,
    /* Firefox. */
    CORSAC_PROFILE_FIREFOX = 2,
    /* Safari, and all browsers on iOS. */
    CORSAC_PROFILE_WEBKIT = 3,
    /* Not a browser: `corsac_decode_console` did not find a message about CORS. */
    CORSAC_PROFILE_NONE = -1
};

enum corsac_credentials {
    /* The browser sends no cookies, client certificates or HTTP authentication: `credentials: "omit"`. */
    CORSAC_CREDENTIALS_OMIT = 0,
    /* The browser sends them only to the page's own origin: the default of `fetch()` and `XMLHttpRequest`. */
    CORSAC_CREDENTIALS_SAME_ORIGIN = 1,
    /* The browser always sends them: `credentials: "include"`, `withCredentials`. */
    CORSAC_CREDENTIALS_INCLUDE = 2
};

enum corsac_modes {
    /* A cross-origin response is shared if its headers allow it: the default of `fetch()` and `XMLHttpRequest`. */
    CORSAC_MODE_CORS = 0,
    /* A cross-origin response stays opaque. */
    CORSAC_MODE_NO_CORS = 1,
    /* A cross-origin request is an error. */
    CORSAC_MODE_SAME_ORIGIN = 2,
    /* The script calls `fetch()`. */
    CORSAC_API_FETCH = 0,
    /* The script uses `XMLHttpRequest`. */
    CORSAC_API_XHR = 1,
    /* The server responds in HTTP/1.0 or HTTP/1.1. */
    CORSAC_HTTP_1 = 0,
    /* The server responds in HTTP/2 or HTTP/3, where all header names are in lower case. */
    CORSAC_HTTP_2 = 1
};

enum corsac_explain_limits {
    /*
     * The maximum number of headers in one call, of the request and of all responses together. More of them give `CORSAC_TOO_MANY`, because
     * they are copied to the stack of the calling thread.
     */
    CORSAC_EXPLAIN_LINES_MAX = 512,
    /*
     * The maximum number of hops in one call: the first URL, 20 redirects that a browser follows, and one that it refuses. More of them give
     * `CORSAC_TOO_MANY`.
     */
    CORSAC_EXPLAIN_HOPS_MAX = 22
};

enum corsac_verdicts {
    /* The script reads the response. */
    CORSAC_VERDICT_ALLOWED = 0,
    /* The script gets an empty (opaque) response, as it asked for. */
    CORSAC_VERDICT_OPAQUE = 1,
    /* The script gets an error. */
    CORSAC_VERDICT_BLOCKED = 2,
    /* Nothing blocks it so far, but a response is not known. */
    CORSAC_VERDICT_INCOMPLETE = 3,
    /* The script gets an exception. Nothing is sent. */
    CORSAC_VERDICT_THROWS = 4
};

enum corsac_preflight_results {
    /* No hop needs a preflight. */
    CORSAC_PREFLIGHT_NOT_NEEDED = 0,
    /* All preflights that are needed pass. */
    CORSAC_PREFLIGHT_PASSED = 1,
    /* The response to a preflight that is needed is not known. */
    CORSAC_PREFLIGHT_MISSING = 2,
    /* A preflight fails. */
    CORSAC_PREFLIGHT_FAILED = 3
};

enum corsac_judgement_limits {
    /* No response to a preflight is cached: `cache_seconds` of a judgement. */
    CORSAC_NOT_CACHED = -1,
    /* The maximum length of a console message in a reason. A longer one is cut and ends in `...`. */
    CORSAC_CONSOLE_MAX = 4096
};

enum corsac_taintings {
    /* The URL has the page's own origin, so the script can read everything. */
    CORSAC_TAINTING_BASIC = 0,
    /* The response is shared if the CORS check passes. */
    CORSAC_TAINTING_CORS = 1,
    /* The script can never read the response. */
    CORSAC_TAINTING_OPAQUE = 2,
    /* Nothing is sent: the mode or the scheme of the URL does not allow it, or the script gets an exception. */
    CORSAC_TAINTING_REFUSED = 3
};

enum corsac_parts {
    /* The message is about the response to the request, or about the request itself: `part` of a console message. */
    CORSAC_PART_RESPONSE = 0,
    /* The message is about the response to the preflight. */
    CORSAC_PART_PREFLIGHT = 1,
    /* The message does not say which response it is about. */
    CORSAC_PART_UNKNOWN = 2
};

enum corsac_address_spaces {
    /* The address space is not known. */
    CORSAC_SPACE_UNKNOWN = 0,
    /* The user's own machine. */
    CORSAC_SPACE_LOOPBACK = 1,
    /* The user's network, which the internet does not route to. */
    CORSAC_SPACE_LOCAL = 2,
    /* The internet. */
    CORSAC_SPACE_PUBLIC = 3
};

enum corsac_permissions {
    /* Nothing is known of the permission: the browser asks unless the user has decided before. */
    CORSAC_PERMISSION_UNKNOWN = 0,
    /* The user has not decided yet. */
    CORSAC_PERMISSION_PROMPT = 1,
    /* The user allows it. */
    CORSAC_PERMISSION_GRANTED = 2,
    /* The user, the frame or an administrator does not allow it. */
    CORSAC_PERMISSION_DENIED = 3
};

enum corsac_contexts {
    /* Whether the page is a secure context: what its origin says. */
    CORSAC_CONTEXT_UNKNOWN = 0,
    /* The page is a secure context. */
    CORSAC_CONTEXT_SECURE = 1,
    /* The page is not a secure context. */
    CORSAC_CONTEXT_NOT_SECURE = 2
};

enum corsac_delivery_verdicts {
    /* The browser sends the request. */
    CORSAC_DELIVERY_OK = 0,
    /* The browser asks the user first. */
    CORSAC_DELIVERY_ASK = 1,
    /* It depends on something that is not known. */
    CORSAC_DELIVERY_UNKNOWN = 2,
    /* The browser does not send the request, and does not ask. */
    CORSAC_DELIVERY_REFUSED = 3
};

enum corsac_certainties {
    /* Everything that the verdict depends on is known, and a run in the browser has shown the rule. */
    CORSAC_CERTAINTY_CERTAIN = 0,
    /* The address space is a guess, from the name alone. */
    CORSAC_CERTAINTY_LIKELY = 1,
    /* Something that the verdict depends on is not known. */
    CORSAC_CERTAINTY_POSSIBLE = 2
};

/* Bytes that someone else owns. They are not NUL-terminated and may have any value. Empty: `len` is 0, and `ptr` may be anything, NULL too. */
typedef struct corsac_bytes {
    /* The first byte. */
    const uint8_t *ptr;
    /* The number of bytes. */
    size_t len;
} corsac_bytes;

/*
 * What a call returns: `CORSAC_OK`, or a negative number for an error. Positive numbers are not errors; functions that return one say so.
 * The numbers never change their meaning.
 */
typedef int32_t corsac_result;

/* A list of texts that someone else owns. Empty: `len` is 0. */
typedef struct corsac_list {
    /* The first text. */
    const struct corsac_bytes *ptr;
    /* The number of texts. */
    size_t len;
} corsac_list;

/* The options of a policy. Call `corsac_spec_init` first, then set what differs. Texts and lists stay yours: they are read during a call only. */
typedef struct corsac_spec {
    /* `sizeof(corsac_spec)`, written by `corsac_spec_init`. */
    size_t size;
    /*
     * Patterns: `*`, `https://app.example.com`, `https://preview-*.example.com`, `http://localhost:*`, `http://192.168.0.0/16:*`, or `*.` in
     * front of a domain, for all hosts below it. At most 328 bytes each. Required, unless `external_origins` is 1.
     */
    struct corsac_list allow_origins;
    /*
     * Methods, exact and case-sensitive. `*` allows any method but CONNECT, TRACE and TRACK. At most 64 of at most 128 bytes.
     * `ptr` NULL is the default: GET, HEAD and POST. `ptr` set and `len` 0 is an empty list.
     */
    struct corsac_list allow_methods;
    /*
     * Names of request headers, in any case. `x-amz-meta-*` allows every name with that prefix, and `*` every name. At most 256 of at most 128
     * bytes, 16 prefixes among them.
     */
    struct corsac_list allow_headers;
    /* Names of response headers, in any case. `*` exposes all of them, but not with credentials. At most 256 of at most 128 bytes. */
    struct corsac_list expose_headers;
    /*
     * The fixed parts of wildcards that may be over a public suffix with credentials, such as `kuleuven.be`. At most 256. The option
     * `dangerously_allow_public_suffixes` of a policy file, as a list.
     */
    struct corsac_list dangerously_allow_public_suffixes;
    /*
     * For how many seconds a browser may cache the response to a preflight: 0 turns caching off, and more than 86400 is sent as 86400.
     * `CORSAC_UNSET` sends no header, and browsers cache for 5 seconds.
     */
    int64_t max_age;
    /* The status of an allowed preflight, 200..299. `CORSAC_UNSET`: 204. */
    int64_t preflight_status;
    /*
     * The status of every denied preflight, 400..499. `CORSAC_UNSET`: 403, or `preflight_status` if the browser's own check is certain to
     * fail. Then its console names the method or the header.
     */
    int64_t denied_preflight_status;
    /* 1: send `Access-Control-Allow-Credentials: true`. */
    uint8_t allow_credentials;
    /* 1: you check origins that no pattern matches, with `corsac_policy_evaluate_with`. */
    uint8_t external_origins;
    /*
     * 1: send `Timing-Allow-Origin`, so that a page can see how long the responses took that it may read. A plain request gets it only from
     * a policy for any origin.
     */
    uint8_t allow_timing;
    /* 1: respond to the legacy `Access-Control-Request-Private-Network`. */
    uint8_t allow_private_network;
    /* 1: allow the patterns `null` and `file://`, but never with credentials. */
    uint8_t dangerously_allow_null_origin;
    /* 1: allow `http:` origins other than loopback, and every host of an app or extension scheme, with credentials. */
    uint8_t dangerously_allow_insecure_origins;
    /*
     * 1: allow wildcards over any public suffix with credentials. Better: list those you mean in `dangerously_allow_public_suffixes`, which
     * must be empty if this is 1.
     */
    uint8_t dangerously_allow_all_public_suffixes;
} corsac_spec;

/* One thing that is wrong or doubtful in a policy or a set. All of it is valid during the callback only: copy what you want to keep. */
typedef struct corsac_finding {
    /* `sizeof(corsac_finding)` of the library. */
    size_t size;
    /* `CORSAC_ERROR` or `CORSAC_WARNING`. */
    int32_t severity;
    /* A stable name for machines: `trailing-slash`. */
    struct corsac_bytes code;
    /* The number of the table in the set, from 0, or `CORSAC_NO_TABLE`. */
    size_t table;
    /* The option, named as in `corsac_spec`: `allow_origins`. In a set also `path`, `cors` (the table as a whole) and `policy` (the set). */
    struct corsac_bytes field;
    /* The number of the entry in the list, from 0, or `CORSAC_NO_INDEX`. */
    size_t index;
    /* The entry as you wrote it, raw: escape it before you show it. Empty if the option is not a list. */
    struct corsac_bytes text;
    /* The first byte of `text` that is wrong. */
    size_t at_start;
    /* The end of the bytes that are wrong: one past the last of them. */
    size_t at_end;
    /*
     * Another entry that explains this finding, raw: one that makes this entry redundant, or a listed public suffix. `ptr` is NULL if there
     * is none.
     */
    struct corsac_bytes related;
    /* One line for people, escaped, at most `CORSAC_MESSAGE_MAX` bytes. */
    struct corsac_bytes message;
    /* What to do about it, in one line: `write "https://a.example"`. Empty if nothing can be suggested. */
    struct corsac_bytes suggestion;
    /* The text to write instead of the entry. `ptr` is NULL if there is none. */
    struct corsac_bytes replacement;
    /* The line of the policy file, from 1. 0: there is no file, or nothing is written there. */
    size_t line;
    /* The column in characters, from 1. 0: as for `line`. */
    size_t column;
    /* The first byte of the file that the finding is about. */
    size_t file_start;
    /* The end of these bytes in the file. Equal to `file_start` if nothing is written there. */
    size_t file_end;
} corsac_finding;

/* Receives each finding. `data` is the pointer that you passed with the function. */
typedef void (*corsac_on_finding)(void *data, const struct corsac_finding *finding);

/*
 * A compiled policy: a view of its image, which stays in your memory. Only `corsac_policy_compile` and `corsac_policy_open` make one.
 *
 * The image must not move or change while you use the policy or a decision of it. It contains no pointers: you can write its `len` bytes to a
 * file and open them elsewhere. Any number of threads can use one policy at the same time. There is nothing to free.
 */
typedef struct corsac_policy {
    /* The first byte of the image. */
    const uint8_t *image;
    /* The image's length in bytes. */
    size_t len;
} corsac_policy;

/*
 * A request: the method, and the headers that matter to CORS. It has about 5 kB, of which only the used part is ever written.
 *
 * It is yours and may be on the stack; there is nothing to free. Call `corsac_request_init` first: a request that is all zeros is refused. It
 * holds pointers to the method and to the values of headers. These must stay where they are while you use the request or a decision about it;
 * names are not kept. You can copy a request; the copy is independent. Only one thread may use a request at a time.
 */
typedef struct corsac_request {
    /* Not for you. */
    uint64_t opaque[CORSAC_REQUEST_WORDS];
} corsac_request;

/* One header: a name, and a value without the white space around it. */
typedef struct corsac_header {
    /* The field name, without the colon. */
    struct corsac_bytes name;
    /* The field value. */
    struct corsac_bytes value;
} corsac_header;

/*
 * The decision about a request.
 *
 * Apply it to every response to which the policy applies, denied and plain ones too: remove each header for which `corsac_replaces_header`
 * is 1, add the headers of the decision, and merge `Vary` with `corsac_vary_missing`. Denied means that the page cannot read the response.
 * It never means that you should refuse the request: only a preflight gets its response here.
 *
 * The bytes belong to the image, to the values of the request, or are static. A decision has no pointer into the `corsac_request` itself.
 */
typedef struct corsac_decision {
    /* The bytes of this struct in front of `reserved` that the library has written. A member that ends behind them is one of a later version. */
    size_t size;
    /* `CORSAC_PLAIN`, `CORSAC_ACTUAL` or `CORSAC_PREFLIGHT`. */
    int32_t request_class;
    /* `CORSAC_ALLOWED`, or the reason for the denial: `CORSAC_ORIGIN_NOT_ALLOWED` and so on. */
    int32_t denial;
    /* The bytes of the request that caused the denial, raw: escape them before you show them. */
    struct corsac_bytes denial_bytes;
    /* The status of the response to a preflight. 0: the application's own status. */
    int32_t status;
    /* 1: remove `Timing-Allow-Origin` from the application's response, too. `corsac_replaces_header` reads this. */
    int32_t replaces_timing;
    /* The number of `headers`. */
    size_t header_count;
    /* Not written: room for members of a later version. */
    uint64_t reserved[4];
    /* The response headers in their fixed order, `Vary` last. Elements from `header_count` on are not written. */
    struct corsac_header headers[CORSAC_HEADERS_MAX];
} corsac_decision;

/*
 * Checks an origin that no pattern matched, for a policy with `external_origins`. Return 1 to allow it; any other number denies it.
 *
 * `data` is the pointer that you passed with the function. `table` is the number of the policy's table in the set, from 0; it is 0 for a
 * single policy. `origin` is valid during the call.
 */
typedef int32_t (*corsac_origin_check)(void *data, size_t table, struct corsac_bytes origin);

/* One table of a policy set: a path, and the policy for this path and everything below it. */
typedef struct corsac_policy_table {
    /* The path, decoded: `/`, or `/account` for `/account` and `/account/cards`, but not for `/accounts`. At most 255 bytes and 16 segments. */
    struct corsac_bytes path;
    /* The policy. NULL if `untouched` is 1. */
    const struct corsac_spec *spec;
    /* 1: no policy applies to this path, although a shorter path may have one. `cors = false` in a policy file. */
    uint8_t untouched;
} corsac_policy_table;

/*
 * A compiled policy set: a view of its image, which stays in your memory. Only `corsac_policy_set_compile` and `corsac_policy_set_open` make
 * one. What is true of the image of a `corsac_policy` is true of this one.
 *
 * The longest path of whole segments decides. Several tables can have the same path, at most 8: they are asked in their order, and the first
 * that allows the request's origin decides everything. A plain request is decided by the one that allows any origin, or else by the first.
 *
 * A single policy is a set of one for every path: you can copy the two members of a `corsac_policy` into a `corsac_policy_set`.
 */
typedef struct corsac_policy_set {
    /* The first byte of the image. */
    const uint8_t *image;
    /* The length of the image in bytes. */
    size_t len;
} corsac_policy_set;

/*
 * Receives each table of a set, in the order of the file: its number from 0, its path, and its policy, or NULL for a path that is untouched.
 * `data` is the pointer that you passed with the function.
 */
typedef void (*corsac_on_table)(void *data, size_t table, struct corsac_bytes path, const struct corsac_policy *policy);

/*
 * The path of a request. Give the decoded path as your router sees it, and the raw one if you still have it: only the raw one shows an encoded
 * slash. If you have only the raw path, Corsac decodes it. A query after a `?` in the raw path is ignored.
 */
typedef struct corsac_request_path {
    /* The decoded path. `ptr` is NULL if you do not have it. */
    struct corsac_bytes decoded;
    /* The path as it was sent. `ptr` is NULL if you do not have it. */
    struct corsac_bytes raw;
} corsac_request_path;

/*
 * The policies of one path of a set, found by `corsac_policy_set_at`. It points into the image of the set, and to the path of the request if
 * that is ambiguous. You can copy it, and any number of threads can use one at the same time.
 */
typedef struct corsac_path_policies {
    /*
     * The same number for every path that these policies decide, and another number for other policies of the set. If you cache decisions, make
     * it part of the key. `CORSAC_AMBIGUOUS_ID` for an ambiguous path; otherwise less than the number of tables.
     */
    uint32_t id;
    /* Not for you. */
    uint64_t opaque[CORSAC_PATH_POLICIES_WORDS];
} corsac_path_policies;

/* What must be known before a request can be decided: is this origin allowed? */
typedef struct corsac_asked {
    /* The bytes of this struct that the library has written. A member that ends behind them is one of a later version. */
    size_t size;
    /* The number of the table in the set that has `external_origins`, from 0. 0 for a single policy. */
    size_t table;
    /* The origin: at most 328 visible bytes. It is a value of the request. */
    struct corsac_bytes origin;
    /* Zeros: room for members of a later version. */
    uint64_t reserved[2];
} corsac_asked;

/* How much memory it takes to parse a text. Set both to 0 before the first call. */
typedef struct corsac_parse_sizes {
    /* Bytes of scratch memory, which you can free after the call. */
    size_t scratch;
    /* Bytes of storage, in which the image stays. */
    size_t storage;
} corsac_parse_sizes;

/* A request of a script. Call `corsac_script_request_init` first, then set what differs. */
typedef struct corsac_script_request {
    /* `sizeof(corsac_script_request)`, written by `corsac_script_request_init`. */
    size_t size;
    /* The origin of the page, serialised: `https://app.example`. `null` is an opaque origin. */
    struct corsac_bytes origin;
    /* The URL of the request, serialised as in `new URL(...).href`. */
    struct corsac_bytes url;
    /* The method as the script writes it. */
    struct corsac_bytes method;
    /*
     * The headers that the script sets, in its order. If you do not know a value, set its `ptr` to NULL: such a header needs the server's
     * permission. The `ptr` of an empty value is not NULL.
     */
    const struct corsac_header *headers;
    /* The number of `headers`. */
    size_t header_count;
    /* `CORSAC_CREDENTIALS_...` */
    int32_t credentials;
    /* `CORSAC_MODE_...` */
    int32_t mode;
    /* The name of the referrer policy, such as `no-referrer`. Empty: the default. */
    struct corsac_bytes referrer_policy;
    /* 1: `XMLHttpRequest.upload` has listeners. Then the browser always sends a preflight, and its console names `XMLHttpRequest`. */
    uint8_t upload_listener;
    /* 1: the body is a `ReadableStream`. Then the browser always sends a preflight, and cannot send the body twice. */
    uint8_t stream_body;
    /* `CORSAC_API_...`. With `upload_listener` it is always `XMLHttpRequest`. */
    uint8_t api;
    /* `CORSAC_HTTP_...` */
    uint8_t http_version;
} corsac_script_request;

/* The response of a server. */
typedef struct corsac_response {
    /* The status code, 0 to 65535. A number under 100 or over 999 is a response that no browser can read. */
    int32_t status;
    /* Every header line in its order, as it was sent. */
    const struct corsac_header *headers;
    /* The number of `headers`. */
    size_t header_count;
} corsac_response;

/* The responses at one URL of the redirect chain. */
typedef struct corsac_hop {
    /* The URL, serialised. Empty if a redirect does not lead to a URL. It is not read for the first hop: that has the URL of the request. */
    struct corsac_bytes url;
    /* The response to the preflight. NULL: not known, or there was no preflight. */
    const struct corsac_response *preflight;
    /* The response to the request. NULL: not known. */
    const struct corsac_response *response;
    /* The headers of a 304, if the browser revalidated its stored response with it; `response` is that stored response then. NULL: none. */
    const struct corsac_header *revalidated;
    /* The number of headers in `revalidated`. */
    size_t revalidated_count;
} corsac_hop;

/* A reason to block a response, and its place. It is valid during the callback, but `code`, `cause`, `cause_name` and `advice` are static. */
typedef struct corsac_blocked {
    /* `sizeof(corsac_blocked)` of the library. */
    size_t size;
    /* The stable name, such as `acao-missing`. `corsac_blocked_name` lists all of them. */
    struct corsac_bytes code;
    /* 1: in the response to the preflight. 0: in the response to the request, or in the request. */
    int32_t in_preflight;
    /* The number of the hop, from 0. */
    size_t hop;
    /* The status of that response. 0: there is none. */
    int32_t status;
    /*
     * The bytes that are wrong: the value of a header (several lines joined by `, `), the method, the name of a header in lower case, or the
     * URL of a redirect. Empty if something is missing. These are raw bytes of others, cut after `CORSAC_MESSAGE_MAX`: escape them with
     * `corsac_escape` before you show them.
     */
    struct corsac_bytes evidence;
    /* The reason in one sentence, with untrusted bytes escaped, cut after `CORSAC_MESSAGE_MAX`. */
    struct corsac_bytes sentence;
    /* The stable name of the likely mistake, such as `trailing-slash`. */
    struct corsac_bytes cause_name;
    /* The likely mistake, in one sentence. */
    struct corsac_bytes cause;
    /* What to do about it, in one sentence. If it says "these headers" or "these lines", get them from `corsac_step_passing_lines`. */
    struct corsac_bytes advice;
    /* The message in the console of this browser: UTF-8, at most `CORSAC_CONSOLE_MAX` bytes. Empty if it has no message of its own. */
    struct corsac_bytes console;
} corsac_blocked;

/* Receives each reason. `data` is the pointer that you passed with the function. */
typedef void (*corsac_on_blocked)(void *data, const struct corsac_blocked *blocked);

/* The verdict of one browser on an exchange. */
typedef struct corsac_judgement {
    /* The bytes of this struct that the library has written. A member that ends behind them is one of a later version. */
    size_t size;
    /* What the script gets: `CORSAC_VERDICT_...` */
    int32_t verdict;
    /* The result of the preflights of all hops: `CORSAC_PREFLIGHT_...` */
    int32_t preflight;
    /* For how many seconds the browser may cache the response to the last preflight that passed, or `CORSAC_NOT_CACHED`. */
    int64_t cache_seconds;
    /* Zeros: room for members of a later version. */
    uint64_t reserved[2];
} corsac_judgement;

/* Receives each name or line. `data` is the pointer that you passed with the function. */
typedef void (*corsac_on_text)(void *data, struct corsac_bytes text);

/* Receives each header. `data` is the pointer that you passed with the function. */
typedef void (*corsac_on_header)(void *data, const struct corsac_header *header);

/* What a browser sends at one URL. The bytes are yours or static. */
typedef struct corsac_step {
    /* The bytes of this struct that the library has written. A member that ends behind them is one of a later version. */
    size_t size;
    /* The method. A redirect can have changed it to `GET`. */
    struct corsac_bytes method;
    /* The URL. */
    struct corsac_bytes url;
    /* The `Origin` of the request. `ptr` is NULL if there is none. */
    struct corsac_bytes origin;
    /* The `Origin` of the preflight. `ptr` is NULL if there is no preflight. */
    struct corsac_bytes preflight_origin;
    /* What the script may do with the response: `CORSAC_TAINTING_...` */
    int32_t tainting;
    /* 1: the browser sends a preflight first, unless it has a cached one. */
    int32_t needs_preflight;
    /* 1: the browser sends its cookies. */
    int32_t sends_credentials;
    /* The number of names in `Access-Control-Request-Headers`. 0: the preflight does not have this header. */
    size_t requested_header_count;
    /* The length of its value in bytes. */
    size_t requested_headers_len;
    /* Zeros: room for members of a later version. */
    uint64_t reserved[2];
} corsac_step;

/*
 * A decoded console message. `code`, `cause_name`, `cause` and `advice` are static; the other bytes are part of the message, which others wrote.
 * A `ptr` is NULL if the message does not say.
 */
typedef struct corsac_console_message {
    /* The bytes of this struct that the library has written. A member that ends behind them is one of a later version. */
    size_t size;
    /* The browser that writes this message: `CORSAC_PROFILE_...`. With `CORSAC_PROFILE_NONE` everything else is empty. */
    int32_t profile;
    /* The response that it is about: `CORSAC_PART_...` */
    int32_t part;
    /* The status in the message. 0: none. */
    int32_t status;
    /* 1: it is about `XMLHttpRequest`, not `fetch()`. */
    int32_t is_xhr;
    /* The stable name of the reason, such as `acao-missing`. */
    struct corsac_bytes code;
    /* The URL of the request. */
    struct corsac_bytes url;
    /* The first URL of the redirect chain. */
    struct corsac_bytes redirected_from;
    /* The page's origin. */
    struct corsac_bytes origin;
    /* The value that the browser filled in: a header's value, a method, or a name. */
    struct corsac_bytes value;
    /* The stable name of the likely mistake, as far as the message shows it. `corsac_explain` knows more, because it sees the responses. */
    struct corsac_bytes cause_name;
    /* The likely mistake, in one sentence. */
    struct corsac_bytes cause;
    /* What to do about it, in one sentence. */
    struct corsac_bytes advice;
    /* Zeros: room for members of a later version. */
    uint64_t reserved[2];
} corsac_console_message;

/* What is known of the networks that the page and the servers are in. Call `corsac_network_init` first, then set what you know. */
typedef struct corsac_network {
    /* `sizeof(corsac_network)`, written by `corsac_network_init`. */
    size_t size;
    /* The space of the address that the page was loaded from: `CORSAC_SPACE_...`. Unknown: what its origin says. */
    int32_t page_space;
    /* `CORSAC_CONTEXT_...` */
    int32_t secure_context;
    /* The option `targetAddressSpace` of `fetch()`: `CORSAC_SPACE_...`. Unknown: the script does not have it. */
    int32_t target_address_space;
    /* `CORSAC_PERMISSION_...` */
    int32_t permission;
    /* For each hop, the address that the browser connects to, such as `192.168.0.5` or `::1`. Empty: not known. */
    const struct corsac_bytes *addresses;
    /* The number of `addresses`, at most `CORSAC_EXPLAIN_HOPS_MAX`. */
    size_t address_count;
} corsac_network;

/* Whether a request leaves the browser, and why not. It is valid during the callback, but `code`, `advice` and `versions` are static. */
typedef struct corsac_delivery {
    /* `sizeof(corsac_delivery)` of the library. */
    size_t size;
    /* `CORSAC_DELIVERY_...` */
    int32_t verdict;
    /* `CORSAC_CERTAINTY_...` */
    int32_t certainty;
    /* 1: the preflight does not leave. 0: the request. */
    int32_t in_preflight;
    /* The space of the server's address: `CORSAC_SPACE_...` */
    int32_t target_space;
    /* The number of the hop, from 0. */
    size_t hop;
    /* The stable name of the reason, such as `mixed-content`. Its `ptr` is NULL if the browser sends the request; so are the next three. */
    struct corsac_bytes code;
    /* What to do about it, in one sentence. */
    struct corsac_bytes advice;
    /* The versions of the browser that the reason speaks of. NULL: all of today. */
    struct corsac_bytes versions;
    /* The reason in one sentence. */
    struct corsac_bytes sentence;
    /* The message in the console of this browser: UTF-8, at most `CORSAC_CONSOLE_MAX` bytes. Empty if it has no message of its own. */
    struct corsac_bytes console;
} corsac_delivery;

/* Receives the delivery. `data` is the pointer that you passed with the function. */
typedef void (*corsac_on_delivery)(void *data, const struct corsac_delivery *delivery);

/*
 * A decoded console message about a request that did not leave. `code` and `advice` are static; `page` and `url` are part of the message, which
 * others wrote. A `ptr` is NULL if the message does not say.
 */
typedef struct corsac_delivery_message {
    /* The bytes of this struct that the library has written. A member that ends behind them is one of a later version. */
    size_t size;
    /* The browser that writes this message: `CORSAC_PROFILE_...`. With `CORSAC_PROFILE_NONE` everything else is empty. */
    int32_t profile;
    /* 1: the request did not leave. 0: the message only informs. */
    int32_t is_blocked;
    /* The space of the server's address: `CORSAC_SPACE_...` */
    int32_t target_space;
    /* The stable name of the reason, such as `mixed-content`. */
    struct corsac_bytes code;
    /* The page: its URL, its origin or its site. */
    struct corsac_bytes page;
    /* The URL of the request. */
    struct corsac_bytes url;
    /* What to do about it, in one sentence. */
    struct corsac_bytes advice;
    /* Zeros: room for members of a later version. */
    uint64_t reserved[2];
} corsac_delivery_message;

#ifdef __cplusplus
extern "C" {
#endif  /* __cplusplus */

/* The `CORSAC_ABI_VERSION` of the linked library. A program that loads it at run time should compare the two. */
uint32_t corsac_abi_version(void);

/* The version of the linked library: `0.1.0`. Static. */
struct corsac_bytes corsac_version(void);

/* The meaning of a result: one line for a log, lower case, without a full stop. Static. Empty for a number that is not a result. */
struct corsac_bytes corsac_result_text(corsac_result result);

/*
 * Sets every option to its default: no origin, no header, no credentials, nothing dangerous.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_spec_init(struct corsac_spec *spec);

/*
 * Writes the number of bytes of storage that `corsac_policy_compile` needs for these options to `*size`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_policy_size(const struct corsac_spec *spec, size_t *size);

/*
 * Compiles the options into `storage`, and makes `*policy` a view of it.
 *
 * `storage` becomes the image of the policy. It may have any alignment and must have at least `corsac_policy_size` bytes; the image uses the
 * first `policy->len` of them. All of `storage` is written, unless the result is `CORSAC_INVALID_ARGUMENT`; on failure with zeros. You can free
 * the options afterwards.
 *
 * `on_finding` may be NULL. It is called with `data` for every error and every warning: first those about single entries, in the order of
 * the options, then those that compare origins with each other. The latter need enough storage.
 *
 * Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; then `*policy` is unchanged.
 */
corsac_result corsac_policy_compile(const struct corsac_spec *spec,
                                    uint8_t *storage,
                                    size_t storage_len,
                                    corsac_on_finding on_finding,
                                    void *data,
                                    struct corsac_policy *policy);

/*
 * Opens an image that was compiled elsewhere, exactly the `len` bytes of its file, and makes `*policy` a view of it. `image` may have any
 * alignment.
 *
 * The whole image is checked once: what compiling would refuse is refused here, and hostile bytes give an error. That costs about as much as
 * compiling.
 *
 * Errors: `CORSAC_NOT_AN_IMAGE`, `CORSAC_OTHER_VERSION`, `CORSAC_WRONG_LENGTH`, `CORSAC_DAMAGED`, `CORSAC_REFUSED`, `CORSAC_IS_SET`,
 * `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_policy_open(const uint8_t *image,
                                 size_t len,
                                 struct corsac_policy *policy);

/* 1: the policy allows any origin. 0: it does not. `CORSAC_INVALID_ARGUMENT`. */
int32_t corsac_policy_is_any_origin(const struct corsac_policy *policy);

/* 1: the policy allows credentials. 0: it does not. `CORSAC_INVALID_ARGUMENT`. */
int32_t corsac_policy_allows_credentials(const struct corsac_policy *policy);

/* 1: the policy has `external_origins`, for `corsac_policy_evaluate_with`. 0: it does not. `CORSAC_INVALID_ARGUMENT`. */
int32_t corsac_policy_allows_external_origins(const struct corsac_policy *policy);

/* 1: the wildcards were checked against the public suffix list when the policy was compiled. 0: they were not. `CORSAC_INVALID_ARGUMENT`. */
int32_t corsac_policy_is_public_suffix_checked(const struct corsac_policy *policy);

/*
 * Starts a request with this method and no header. You can call it again to start another request in the same memory.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_request_init(struct corsac_request *request, struct corsac_bytes method);

/*
 * The name of a request header that the engine reads, such as `Origin`, by its place from 0. Empty past the last one. Static. A later version
 * may read more headers.
 *
 * Use it if a call for each header is too slow for you: ask for the names once, and skip headers with other names or lengths. If a request has
 * none of these headers, its decision depends on the policy alone, not even on the method.
 */
struct corsac_bytes corsac_read_header_name(size_t place);

/*
 * Adds one header. Pass **every** header of the request, in order, with its name in any case and its value without the white space around it:
 * the engine picks and counts. Pass a header that is repeated as often as it is there.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`; then the request is unchanged.
 */
corsac_result corsac_request_add_header(struct corsac_request *request,
                                        struct corsac_bytes name,
                                        struct corsac_bytes value);

/*
 * Writes the class of the request to `*request_class`: `CORSAC_PLAIN`, `CORSAC_ACTUAL` or `CORSAC_PREFLIGHT`. It does not depend on a policy.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_request_class(const struct corsac_request *request,
                                   int32_t *request_class);

/*
 * Decides a request, and writes the decision to `*decision`. An origin that no pattern matches is denied.
 *
 * Nothing is allocated, formatted or locked. The policy and the request are only read.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_policy_evaluate(const struct corsac_policy *policy,
                                     const struct corsac_request *request,
                                     struct corsac_decision *decision);

/*
 * As `corsac_policy_evaluate`, but calls `origin_check` for an origin that no pattern matches, if the policy has `external_origins`.
 *
 * `origin_check` is called at most once, with `data`, and only for an origin of at most 328 visible bytes that the switches of the policy would
 * let into its list: for `null` and `file://` only with `dangerously_allow_null_origin` and without credentials, and with credentials for an
 * `http:` origin other than loopback only with `dangerously_allow_insecure_origins`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `origin_check` is NULL.
 */
corsac_result corsac_policy_evaluate_with(const struct corsac_policy *policy,
                                          const struct corsac_request *request,
                                          corsac_origin_check origin_check,
                                          void *data,
                                          struct corsac_decision *decision);

/*
 * Writes the number of bytes of storage that `corsac_policy_set_compile` needs for these tables to `*size`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_policy_set_size(const struct corsac_policy_table *tables, size_t table_count, size_t *size);

/*
 * Compiles the tables into `storage`, and makes `*set` a view of it. At most 4096 tables.
 *
 * `storage`, `on_finding` and `data` are as in `corsac_policy_compile`, with the size of `corsac_policy_set_size`. Each finding names its
 * table. Findings about single tables come first, in the order of the tables, then those that compare tables with each other.
 *
 * Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; then `*set` is unchanged.
 */
corsac_result corsac_policy_set_compile(const struct corsac_policy_table *tables,
                                        size_t table_count,
                                        uint8_t *storage,
                                        size_t storage_len,
                                        corsac_on_finding on_finding,
                                        void *data,
                                        struct corsac_policy_set *set);

/*
 * Opens the image of a set that was compiled elsewhere, exactly the `len` bytes of its file, and makes `*set` a view of it. `image` may have
 * any alignment, and may be the image of a single policy: that is a set of one for every path.
 *
 * The whole image is checked once, as in `corsac_policy_open`.
 *
 * Errors: `CORSAC_NOT_AN_IMAGE`, `CORSAC_OTHER_VERSION`, `CORSAC_WRONG_LENGTH`, `CORSAC_DAMAGED`, `CORSAC_REFUSED`,
 * `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_policy_set_open(const uint8_t *image,
                                     size_t len,
                                     struct corsac_policy_set *set);

/*
 * Calls `on_table` with `data` for each table of the set. The path and the policy point into the image: a copy of the `corsac_policy` stays
 * valid as long as the image.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_policy_set_tables(const struct corsac_policy_set *set,
                                       corsac_on_table on_table,
                                       void *data);

/*
 * Finds the policies of a path, and writes them to `*policies`. Use it instead of `corsac_policy_set_evaluate` if you cache decisions.
 *
 * `CORSAC_UNTOUCHED`: no policy applies to the path. Leave the response as it is.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `path` has neither `decoded` nor `raw`.
 */
corsac_result corsac_policy_set_at(const struct corsac_policy_set *set,
                                   const struct corsac_request_path *path,
                                   struct corsac_path_policies *policies);

/*
 * Decides a request with the policies of its path, and writes the decision to `*decision`. An origin that no pattern matches is denied.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_path_policies_evaluate(const struct corsac_path_policies *policies,
                                            const struct corsac_request *request,
                                            struct corsac_decision *decision);

/*
 * As `corsac_path_policies_evaluate`, but calls `origin_check` for an origin that no pattern of a policy with `external_origins` matches.
 *
 * At most one policy of a path has `external_origins`, so `origin_check` is called at most once. The rest is as in
 * `corsac_policy_evaluate_with`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `origin_check` is NULL.
 */
corsac_result corsac_path_policies_evaluate_with(const struct corsac_path_policies *policies,
                                                 const struct corsac_request *request,
                                                 corsac_origin_check origin_check,
                                                 void *data,
                                                 struct corsac_decision *decision);

/*
 * Decides a request with the policies of its path, and writes the decision to `*decision`. An origin that no pattern matches is denied.
 *
 * `CORSAC_UNTOUCHED`: no policy applies to the path. Leave the response as it is. `*decision` is unchanged then.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `path` has neither `decoded` nor `raw`.
 */
corsac_result corsac_policy_set_evaluate(const struct corsac_policy_set *set,
                                         const struct corsac_request_path *path,
                                         const struct corsac_request *request,
                                         struct corsac_decision *decision);

/*
 * As `corsac_policy_set_evaluate`, but calls `origin_check` as `corsac_path_policies_evaluate_with` does.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `origin_check` is NULL.
 */
corsac_result corsac_policy_set_evaluate_with(const struct corsac_policy_set *set,
                                              const struct corsac_request_path *path,
                                              const struct corsac_request *request,
                                              corsac_origin_check origin_check,
                                              void *data,
                                              struct corsac_decision *decision);

/*
 * Decides a request, or asks: for a server that must not wait inside of a call.
 *
 * `CORSAC_OK`: `*decision` is final. `CORSAC_ASK`: no pattern matches the origin, and a policy of the path has `external_origins`. Then `*asked` is
 * written and `*decision` is not. Check the origin as long as you like, and call `corsac_evaluate_asked`. There is at most one question about a
 * request, and it is one that `corsac_policy_evaluate_with` would ask.
 *
 * `CORSAC_UNTOUCHED`: no policy applies to the path. A single policy applies to every path: copy the two members of the `corsac_policy` into a
 * `corsac_policy_set`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_evaluate_ask(const struct corsac_policy_set *set,
                                  const struct corsac_request_path *path,
                                  const struct corsac_request *request,
                                  struct corsac_decision *decision,
                                  struct corsac_asked *asked);

/*
 * Decides a request after `corsac_evaluate_ask` has asked. `allowed` is the result of your check: 1 allows the origin, 0 denies it.
 *
 * Give the same set, path and request. Nothing is kept between the two calls. If there was no question about this request, `allowed` changes
 * nothing.
 *
 * `CORSAC_UNTOUCHED`: no policy applies to the path.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `allowed` is neither 0 nor 1.
 */
corsac_result corsac_evaluate_asked(const struct corsac_policy_set *set,
                                    const struct corsac_request_path *path,
                                    const struct corsac_request *request,
                                    int32_t allowed,
                                    struct corsac_decision *decision);

/*
 * Reads the text of a policy file, one policy, and compiles it into `storage`. `*policy` becomes a view of it, as with `corsac_policy_compile`.
 *
 * Begin with no memory at all. With `CORSAC_STORAGE_TOO_SMALL`, `*sizes` says how much of each is enough as far as that is known, and nothing
 * is reported. So you call it up to three times:
 *
 * ```c
 * corsac_parse_sizes sizes = {0, 0};
 * uint8_t *scratch = NULL, *storage = NULL;
 * do {
 *     scratch = grown(scratch, sizes.scratch);
 *     storage = grown(storage, sizes.storage);
 *     result = corsac_policy_parse(text, scratch, sizes.scratch, storage, sizes.storage, show, NULL, &sizes, &policy);
 * } while (result == CORSAC_STORAGE_TOO_SMALL);
 * ```
 *
 * `scratch` and `storage` may have any alignment. The text is TOML 1.1, as UTF-8, without escapes in strings. `on_finding` may be NULL. It is
 * called with `data` for all errors and warnings, each with its line and column: also those of the syntax, of which only the first is found.
 *
 * Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_IS_SET` if the text has `[[policy]]` tables, `CORSAC_TOO_LARGE`,
 * `CORSAC_INVALID_ARGUMENT`; then `*policy` is unchanged. `*sizes` is written with `CORSAC_STORAGE_TOO_SMALL` and with `CORSAC_OK`.
 *
 * Only a library that was built with the feature `toml` has this function. It is a default.
 */
corsac_result corsac_policy_parse(struct corsac_bytes text,
                                  uint8_t *scratch,
                                  size_t scratch_len,
                                  uint8_t *storage,
                                  size_t storage_len,
                                  corsac_on_finding on_finding,
                                  void *data,
                                  struct corsac_parse_sizes *sizes,
                                  struct corsac_policy *policy);

/*
 * As `corsac_policy_parse`, for a file that may have `[[policy]]` tables: `*set` becomes a view of the image. One policy is a set of one.
 *
 * Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; then `*set` is unchanged. `*sizes` is
 * written with `CORSAC_STORAGE_TOO_SMALL` and with `CORSAC_OK`.
 *
 * Only a library that was built with the feature `toml` has this function. It is a default.
 */
corsac_result corsac_policy_set_parse(struct corsac_bytes text,
                                      uint8_t *scratch,
                                      size_t scratch_len,
                                      uint8_t *storage,
                                      size_t storage_len,
                                      corsac_on_finding on_finding,
                                      void *data,
                                      struct corsac_parse_sizes *sizes,
                                      struct corsac_policy_set *set);

/*
 * Writes a policy as the text of a policy file: for a status page, a log, or to change it. Parsing the text gives the same policy.
 *
 * It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. With `CORSAC_STORAGE_TOO_SMALL`, `*written` is
 * the capacity that is enough, and nothing else is written; so you can begin with NULL and 0.
 *
 * Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`.
 *
 * Only a library that was built with the feature `toml` has this function. It is a default.
 */
corsac_result corsac_policy_text(const struct corsac_policy *policy,
                                 uint8_t *buffer,
                                 size_t capacity,
                                 size_t *written);

/*
 * As `corsac_policy_text`, for a set.
 *
 * Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`, and `CORSAC_NO_SPELLING` if a path of the set cannot be written without escapes:
 * one that is not UTF-8, or has three of both kinds of quotes in a row.
 *
 * Only a library that was built with the feature `toml` has this function. It is a default.
 */
corsac_result corsac_policy_set_text(const struct corsac_policy_set *set,
                                     uint8_t *buffer,
                                     size_t capacity,
                                     size_t *written);

/* The stable name of a class: `plain`, `actual` or `preflight`. Static. Empty for a number that is not a class. */
struct corsac_bytes corsac_class_name(int32_t request_class);

/* The stable name of a denial: `origin-not-allowed`. Static. Empty for `CORSAC_ALLOWED` and for a number that is not a denial. */
struct corsac_bytes corsac_denial_name(int32_t denial);

/*
 * Writes the reason for a denial in one line, escaped, with at most 128 bytes of the request: `origin "https://evil.example" is not allowed`.
 * Use it for a log, and for the body of the response to a denied preflight. For an allowed request it writes nothing.
 *
 * It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. `CORSAC_MESSAGE_MAX` bytes are always enough.
 * The values of the request must still be valid.
 *
 * Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; then nothing is written.
 */
corsac_result corsac_denial_message(const struct corsac_decision *decision,
                                    uint8_t *buffer,
                                    size_t capacity,
                                    size_t *written);

/*
 * Escapes untrusted bytes so that they are safe to print: `\`, `"`, `<` and every byte outside 0x20..0x7E become `\xNN`.
 *
 * It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. Four times `bytes.len` is always enough.
 * `bytes` and `buffer` must not overlap.
 *
 * Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; then nothing is written.
 */
corsac_result corsac_escape(struct corsac_bytes bytes,
                            uint8_t *buffer,
                            size_t capacity,
                            size_t *written);

/*
 * Says what a decision changes in the headers of the application's response. Do this with every response to which the policy applies, denied
 * and plain ones too.
 *
 * `removed[i]` becomes 1 if you must remove `headers[i]`, and 0 if you keep it. `added` are the headers to add after that, in their order, and
 * `*added_count` is their number. Names in `Vary` that the response has already are not among them. `removed` must have room for `header_count`
 * numbers, and `added` for `CORSAC_ADDED_MAX` headers. They point to the same bytes as the headers of the decision. On failure, `removed` may hold
 * anything.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_response_changes(const struct corsac_decision *decision,
                                      const struct corsac_header *headers,
                                      size_t header_count,
                                      uint8_t *removed,
                                      struct corsac_header added[CORSAC_ADDED_MAX],
                                      size_t *added_count);

/*
 * 1: remove a header of this name, in any case, from the response before you add the headers of the decision. 0: keep it. Do this on every
 * response to which the policy applies, denied and plain ones too. `CORSAC_INVALID_ARGUMENT`.
 *
 * These are the CORS response headers, and `Timing-Allow-Origin` where a policy of the path has `allow_timing`. Only
 * `decision->replaces_timing` is read.
 */
int32_t corsac_replaces_header(const struct corsac_decision *decision,
                               struct corsac_bytes name);

/*
 * Reads one `Vary` header of the response. `*covered` must be 0 at first; it then holds what the `Vary` headers so far cover.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `*covered` is neither 0 nor a number that this function wrote.
 */
corsac_result corsac_vary_add(struct corsac_bytes value,
                              uint32_t *covered);

/*
 * Writes the values of the `Vary` headers to add to the response to `values`, and their number to `*count`. That is the whole value of the
 * decision if the response has no name of it yet, or else each missing name by itself. You never need to change a `Vary` of the response.
 *
 * `vary` is the value of the decision's `Vary` header, and `values` point into it; empty: the decision has none. `covered` is the number that
 * `corsac_vary_add` wrote for the headers of the response. `values` must have room for `CORSAC_VARY_MAX`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_vary_missing(struct corsac_bytes vary,
                                  uint32_t covered,
                                  struct corsac_bytes values[CORSAC_VARY_MAX],
                                  size_t *count);

/*
 * Describes a `GET` from a page of `origin` to `url`, with the defaults of `fetch()`: no headers, credentials only to the page's own origin,
 * mode `cors`. `origin` and `url` must stay valid while you use the request.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 */
corsac_result corsac_script_request_init(struct corsac_script_request *request,
                                         struct corsac_bytes origin,
                                         struct corsac_bytes url);

/*
 * Describes the request of a script as a server sees it: to find out what a browser does with a response to it, for a log or a report.
 *
 * For a preflight, the method is the requested one and the headers are those that it names, without values. `upload_listener` is 1, because a
 * script can have a preflight only for that. Any other request is a `GET` without headers. The rest is as in `corsac_script_request_init`.
 *
 * The names are written to `headers`, which must have room for `capacity` of them; `script->headers` points there. More names give
 * `CORSAC_TOO_MANY`. `CORSAC_EXPLAIN_LINES_MAX` is as many as the browser model takes.
 *
 * Errors: `CORSAC_TOO_MANY`, `CORSAC_INVALID_ARGUMENT`; then `*script` is unchanged, and `headers` can hold anything.
 */
corsac_result corsac_script_request_of(const struct corsac_request *request,
                                       struct corsac_bytes url,
                                       struct corsac_header *headers,
                                       size_t capacity,
                                       struct corsac_script_request *script);

/*
 * Finds out what a browser does with a request and its responses, and writes the verdict to `*judgement`. It calls `on_blocked` (which may be
 * NULL) with `data` for each failure, in the order in which this browser finds them: its console names the first.
 *
 * `hops` has one entry for each URL of the redirect chain. Leave out what you do not know; NULL and 0 if you know nothing.
 *
 * The cost grows with the number of header lines and of failures, and not with their square: `CORSAC_EXPLAIN_LINES_MAX` bounds it.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
 */
corsac_result corsac_explain(const struct corsac_script_request *request,
                             const struct corsac_hop *hops,
                             size_t hop_count,
                             int32_t profile,
                             corsac_on_blocked on_blocked,
                             void *data,
                             struct corsac_judgement *judgement);

/*
 * Calls `on_name` with `data` for the name of each response header that the script may read, as the server wrote it, in its order. There is none
 * if the script gets no response.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
 */
corsac_result corsac_exposed_headers(const struct corsac_script_request *request,
                                     const struct corsac_hop *hops,
                                     size_t hop_count,
                                     int32_t profile,
                                     corsac_on_text on_name,
                                     void *data);

/*
 * 1: a script cannot set this header, because the browser drops it. 0: a script can set it. `CORSAC_INVALID_ARGUMENT`.
 *
 * If you do not know the value, set its `ptr` to NULL.
 */
int32_t corsac_is_forbidden_header(struct corsac_bytes name, struct corsac_bytes value);

/*
 * 1: this header alone does not need the server's permission in this profile. 0: it needs a preflight. `CORSAC_INVALID_ARGUMENT`.
 *
 * If you do not know the value, set its `ptr` to NULL: then it needs permission.
 */
int32_t corsac_is_safelisted_header(int32_t profile,
                                    struct corsac_bytes name,
                                    struct corsac_bytes value);

/*
 * Calls `on_header` with `data` for each of the script's headers that the browser silently drops: forbidden ones, and in mode `no-cors` all
 * that an HTML form cannot send. The `ptr` of a value that is not known is NULL.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
 */
corsac_result corsac_dropped_headers(const struct corsac_script_request *request,
                                     corsac_on_header on_header,
                                     void *data);

/*
 * Writes what a browser of this profile sends at hop number `hop`, from 0, to `*step`. It reads the URLs of `hops` and the statuses of the
 * hops before. For the first hop, `hops` can be NULL and `hop_count` 0.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if `hop` is neither 0 nor less than `hop_count`; `CORSAC_TOO_MANY`.
 */
corsac_result corsac_step_at(const struct corsac_script_request *request,
                             const struct corsac_hop *hops,
                             size_t hop_count,
                             size_t hop,
                             int32_t profile,
                             struct corsac_step *step);

/*
 * Writes the value of `Access-Control-Request-Headers` at hop number `hop` to `buffer`, and its length to `*written`: the names in lower case,
 * sorted, joined by `,`. The length is `requested_headers_len` of `corsac_step_at`. It is 0 if the preflight does not have this header.
 *
 * Errors: `CORSAC_STORAGE_TOO_SMALL` if `capacity` is less than that length; `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`.
 */
corsac_result corsac_step_requested_headers(const struct corsac_script_request *request,
                                            const struct corsac_hop *hops,
                                            size_t hop_count,
                                            size_t hop,
                                            int32_t profile,
                                            uint8_t *buffer,
                                            size_t capacity,
                                            size_t *written);

/*
 * Calls `on_header` with `data` for each of the script's headers that the browser sends at hop number `hop`, in the script's order. The `ptr`
 * of a value that is not known is NULL. Headers that the browser adds itself, such as `Origin`, are not included.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
 */
corsac_result corsac_step_headers(const struct corsac_script_request *request,
                                  const struct corsac_hop *hops,
                                  size_t hop_count,
                                  size_t hop,
                                  corsac_on_header on_header,
                                  void *data);

/*
 * Calls `on_line` with `data` for each header line that the response at hop number `hop` needs at least, so that the browser lets this request
 * through: the response to the preflight (`of_preflight` 1) or to the request (0). Each is a line `Name: value` for people, with untrusted bytes
 * escaped. It has at most `CORSAC_CONSOLE_MAX` bytes; a longer one ends in `...`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
 */
corsac_result corsac_step_passing_lines(const struct corsac_script_request *request,
                                        const struct corsac_hop *hops,
                                        size_t hop_count,
                                        size_t hop,
                                        int32_t profile,
                                        int32_t of_preflight,
                                        corsac_on_text on_line,
                                        void *data);

/*
 * 1: a request that a script sends `milliseconds` later needs its own preflight. 0: the cached one covers it, or it needs none.
 * `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`.
 *
 * This is about the first URL of the later request. It assumes that the browser's cache was empty before the exchange and that there was no
 * other request in between. The headers of the later request have a limit of their own.
 */
int32_t corsac_needs_preflight_after(const struct corsac_script_request *request,
                                     const struct corsac_hop *hops,
                                     size_t hop_count,
                                     int32_t profile,
                                     const struct corsac_script_request *later,
                                     uint64_t milliseconds);

/*
 * Decodes a console message of Chromium, Firefox or WebKit. There can be other text before it, such as `app.js:3 `. `text` is UTF-8.
 *
 * A text that is not a console message about CORS is not an error: then `message->profile` is `CORSAC_PROFILE_NONE`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if the text is not UTF-8.
 */
corsac_result corsac_decode_console(struct corsac_bytes text,
                                    struct corsac_console_message *message);

/* The name of a profile: `spec`, `chromium`, `firefox` or `webkit`. Static. Empty for another number. */
struct corsac_bytes corsac_profile_name(int32_t profile);

/* The name of a verdict: `allowed`, `opaque`, `blocked`, `incomplete` or `throws`. Static. Empty for another number. */
struct corsac_bytes corsac_verdict_name(int32_t verdict);

/* The name of a preflight result: `not-needed`, `passed`, `missing` or `failed`. Static. Empty for another number. */
struct corsac_bytes corsac_preflight_name(int32_t preflight);

/*
 * The name of a reason to block a response, such as `acao-missing`, by its place from 0. Static. Empty past the last one. A later version may have
 * more of them.
 */
struct corsac_bytes corsac_blocked_name(size_t place);

/*
 * The name of a likely mistake, such as `trailing-slash`, by its place from 0. Static. Empty past the last one. A later version may have more of
 * them.
 */
struct corsac_bytes corsac_cause_name(size_t place);

/*
 * Sets everything to what is not known.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`.
 *
 * Only a library that was built with the feature `delivery` has this function. It is a default.
 */
corsac_result corsac_network_init(struct corsac_network *network);

/*
 * Finds out whether a browser sends the requests of an exchange, and calls `on_delivery` once with `data` and the worst verdict of all hops.
 * The verdict of `corsac_explain` is about CORS alone: neither depends on the other.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
 *
 * Only a library that was built with the feature `delivery` has this function. It is a default.
 */
corsac_result corsac_deliver(const struct corsac_script_request *request,
                             const struct corsac_hop *hops,
                             size_t hop_count,
                             const struct corsac_network *network,
                             int32_t profile,
                             corsac_on_delivery on_delivery,
                             void *data);

/*
 * Decodes a console message about mixed content, local network access or the old Private Network Access. `text` is UTF-8, and there can be
 * other text around the message. Another text is not an error: then `message->profile` is `CORSAC_PROFILE_NONE`.
 *
 * Errors: `CORSAC_INVALID_ARGUMENT`, also if the text is not UTF-8.
 *
 * Only a library that was built with the feature `delivery` has this function. It is a default.
 */
corsac_result corsac_decode_delivery(struct corsac_bytes text,
                                     struct corsac_delivery_message *message);

#ifdef __cplusplus
}  /* extern "C" */
#endif  /* __cplusplus */

#endif  /* CORSAC_H */
