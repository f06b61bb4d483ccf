// Corsac: decides how a server must respond to cross-origin requests (CORS), and says why.
//
// Describe a policy (`corsac_spec`), compile it once into your own memory (`corsac_policy`), and evaluate each request (`corsac_request`). The
// result is a `corsac_decision`: its class, whether it is allowed or why not, the status, and the exact response headers.
//
//     #include <stdio.h>
//     #include <string.h>
//
//     #include "corsac.h"
//
//     static corsac_bytes text(const char *string) {
//         corsac_bytes bytes = {(const uint8_t *)string, strlen(string)};
//         return bytes;
//     }
//
//     static void show(void *data, const corsac_finding *finding) {
//         (void)data;
//         fprintf(stderr, "%.*s\n", (int)finding->message.len, (const char *)finding->message.ptr);
//     }
//
//     int main(void) {
//         static uint8_t storage[1024];
//         corsac_bytes origins[] = {text("https://app.example.com"), text("https://preview-*.example.com")};
//         corsac_spec spec;
//         corsac_policy policy;
//         corsac_request request;
//         corsac_decision decision;
//         size_t i;
//
//         corsac_spec_init(&spec);
//         spec.allow_origins.ptr = origins;
//         spec.allow_origins.len = sizeof origins / sizeof *origins;
//         spec.max_age = 600;
//         if (corsac_policy_compile(&spec, storage, sizeof storage, show, NULL, &policy) != CORSAC_OK)
//             return 1;
//
//         corsac_request_init(&request, text("OPTIONS"));
//         corsac_request_add_header(&request, text("Origin"), text("https://preview-7.example.com"));
//         corsac_request_add_header(&request, text("Access-Control-Request-Method"), text("POST"));
//         if (corsac_policy_evaluate(&policy, &request, &decision) != CORSAC_OK)
//             return 1;
//
//         printf("%d\n", (int)decision.status);
//         for (i = 0; i < decision.header_count; i++) {
//             corsac_header header = decision.headers[i];
//             printf("%.*s: %.*s\n", (int)header.name.len, (const char *)header.name.ptr,
//                    (int)header.value.len, (const char *)header.value.ptr);
//         }
//         return decision.denial == CORSAC_ALLOWED ? 0 : 1;
//     }
//
// Rules for every function:
//
// * It returns CORSAC_OK (0) or a negative number, an error. Outputs are the last parameters, and are written only on success. A function
//   whose result is yes or no returns 1, 0 or a negative number.
// * Texts are bytes and a length, never NUL-terminated, in any encoding. Lengths and sizes are in bytes.
// * No function allocates or frees memory. Only a `corsac_policy`, a `corsac_request` and a `corsac_decision` keep pointers to your memory;
//   their comments say for how long that memory must stay valid.
// * You get CORSAC_INVALID_ARGUMENT for NULL, for a misaligned pointer, for NULL with a length, and for a number or a switch that this header
//   does not name. The rest is your part: a pointer leads to as much memory as its length says, inputs are initialised and do not change
//   during the call, and an output overlaps nothing else.
// * There is no global state. You can call functions on any number of threads at once, as long as no thread writes what another one uses. A
//   policy is never written to, so threads can share it.
// * A callback runs on your thread before the function returns, and receives the `data` pointer that you pass. Its arguments are valid until
//   it returns. It must return: no exception, no longjmp. It can call other functions of this header.
// * A call uses up to 8 kB of stack, a call of the browser model up to 52 kB, and `corsac_needs_preflight_after` 60 kB, on a 64-bit machine
//   (measured: 7 532, 49 040 and 55 824 bytes). The stack of a callback comes on top.
//
// ffi/src writes this file: change it there, then `make header`.

#ifndef CORSAC_H
#define CORSAC_H

#include <stddef.h>
#include <stdint.h>

// The `index` of a finding about an option as a whole, not about an entry of a list.
#define CORSAC_NO_INDEX SIZE_MAX

// The `table` of a finding about a single policy, or about a set as a whole.
#define CORSAC_NO_TABLE SIZE_MAX

// The version of this interface. It grows when a program that was built for the previous version could fail.
#define CORSAC_ABI_VERSION 1

// The call succeeded: its outputs are written.
#define CORSAC_OK 0

// The call succeeded, but no policy applies to the path: leave the response as it is. No output is written.
#define CORSAC_UNTOUCHED 1

// A pointer is NULL or misaligned, a length comes with NULL or is over half of the address space, a switch is neither 0 nor 1, a number has no
// constant, a `size` is that of another version, or a request or a policy was never made.
#define CORSAC_INVALID_ARGUMENT -1

// There are errors among the findings. The callback has received each of them.
#define CORSAC_FINDINGS -2

// The memory for the output is too small.
#define CORSAC_STORAGE_TOO_SMALL -3

// The image would have 4 GiB or more: list fewer origins.
#define CORSAC_TOO_LARGE -4

// The bytes are not the image of a policy.
#define CORSAC_NOT_AN_IMAGE -5

// The image has another version of the format: compile the policy again.
#define CORSAC_OTHER_VERSION -6

// The image is cut short, or has bytes after its end.
#define CORSAC_WRONG_LENGTH -7

// The image is damaged: compile the policy again.
#define CORSAC_DAMAGED -8

// The image has a policy that compiling refuses.
#define CORSAC_REFUSED -9

// The browser model does not take that many header lines or hops.
#define CORSAC_TOO_MANY -10

// The image is that of a policy set: open it with `corsac_policy_set_open`.
#define CORSAC_IS_SET -11

// A number of `corsac_spec` that is not set, so that its default holds.
#define CORSAC_UNSET INT64_MIN

// The policy does not compile.
#define CORSAC_ERROR 1

// The policy compiles, but probably does not mean what you meant.
#define CORSAC_WARNING 2

// The words of a request: what the engine needs today, and a tenth to spare.
#define CORSAC_REQUEST_WORDS 624

// The request has no `Origin`. Pass it on to the application, and put the headers on its response.
#define CORSAC_PLAIN 0

// The request has an `Origin`. Pass it on to the application, allowed or not, and put the headers on its response.
#define CORSAC_ACTUAL 1

// A browser asks before it sends the request. Respond at once with `status` and the headers: the application must not see it.
#define CORSAC_PREFLIGHT 2

// The request is allowed.
#define CORSAC_ALLOWED 0

// No pattern matches the origin.
#define CORSAC_ORIGIN_NOT_ALLOWED 1

// There is more than one `Origin`, or one that no browser sends.
#define CORSAC_ORIGIN_MALFORMED 2

// The requested method is not listed.
#define CORSAC_METHOD_NOT_ALLOWED 3

// There is more than one `Access-Control-Request-Method`, or one that is not a token.
#define CORSAC_METHOD_MALFORMED 4

// A requested header is not listed.
#define CORSAC_HEADER_NOT_ALLOWED 5

// A requested header is not a token or is repeated, or there are too many empty elements or too much white space.
#define CORSAC_HEADERS_MALFORMED 6

// A value of the request is over its limit: `Origin` 328 bytes, method 128, echoed header names 4096 bytes or 32 lines.
#define CORSAC_REQUEST_TOO_LARGE 7

// The path can be read in more than one way: it has a `.` or `..` segment, an empty segment, a `\`, or an encoded `/` or `\`. Only a set with
// more than one path denies it.
#define CORSAC_PATH_AMBIGUOUS 8

// The maximum number of headers of a decision, with some to spare.
#define CORSAC_HEADERS_MAX 40

// The maximum length of a message, of findings and of denials.
#define CORSAC_MESSAGE_MAX 1024

// The maximum number of `Vary` headers that a decision adds to a response.
#define CORSAC_VARY_MAX 4

// The Fetch standard, to the letter.
#define CORSAC_PROFILE_SPEC 0

// Chrome, Edge, Opera and every other browser on Chromium.
#define CORSAC_PROFILE_CHROMIUM 1

// Firefox.
#define CORSAC_PROFILE_FIREFOX 2

// Safari, and every browser on iOS.
#define CORSAC_PROFILE_WEBKIT 3

// No browser: a text that `corsac_decode_console` finds to be no console message that tells of CORS.
#define CORSAC_PROFILE_NONE -1

// Cookies, client certificates and HTTP authentication never go along: `credentials: "omit"`.
#define CORSAC_CREDENTIALS_OMIT 0

// They go along to the page's own origin only: the default of `fetch()` and of `XMLHttpRequest`.
#define CORSAC_CREDENTIALS_SAME_ORIGIN 1

// They always go along: `credentials: "include"`, `withCredentials`.
#define CORSAC_CREDENTIALS_INCLUDE 2

// A cross-origin response is shared when the server says so: the default of `fetch()` and of `XMLHttpRequest`.
#define CORSAC_MODE_CORS 0

// A cross-origin response stays opaque.
#define CORSAC_MODE_NO_CORS 1

// A cross-origin request is an error.
#define CORSAC_MODE_SAME_ORIGIN 2

// The most header lines of one call, those of the request and of all answers together; beyond it `CORSAC_TOO_MANY`. They
// are taken over onto the calling thread's stack, whatever their number.
#define CORSAC_EXPLAIN_LINES_MAX 512

// The most hops of one call: the first URL, 20 redirects that a browser follows, and one that it refuses. Beyond it `CORSAC_TOO_MANY`.
#define CORSAC_EXPLAIN_HOPS_MAX 22

// The script reads the response.
#define CORSAC_VERDICT_ALLOWED 0

// The script gets a response with nothing in it, as it asked for.
#define CORSAC_VERDICT_OPAQUE 1

// The script gets an error.
#define CORSAC_VERDICT_BLOCKED 2

// Nothing stands against it, but an answer is not known.
#define CORSAC_VERDICT_INCOMPLETE 3

// The script gets an exception; nothing is sent.
#define CORSAC_VERDICT_THROWS 4

// No step needs a preflight.
#define CORSAC_PREFLIGHT_NOT_NEEDED 0

// All preflights that are needed pass.
#define CORSAC_PREFLIGHT_PASSED 1

// The answer to one that is needed is not known.
#define CORSAC_PREFLIGHT_MISSING 2

// One fails.
#define CORSAC_PREFLIGHT_FAILED 3

// No answer to a preflight is kept: `cache_seconds` of a judgement.
#define CORSAC_NOT_CACHED -1

// The most bytes of a console message that a reason holds; what is longer is cut and ends in `...`.
#define CORSAC_CONSOLE_MAX 4096

// The URL is of the page's own origin: the script reads everything.
#define CORSAC_TAINTING_BASIC 0

// The response is shared when the CORS check passes.
#define CORSAC_TAINTING_CORS 1

// The response is never readable.
#define CORSAC_TAINTING_OPAQUE 2

// Nothing is sent: the mode or the URL's scheme does not permit it, or the script gets an exception.
#define CORSAC_TAINTING_REFUSED 3

// The message is about the answer to the request, or about the request: `part` of a console message.
#define CORSAC_PART_RESPONSE 0

// It is about the preflight's answer.
#define CORSAC_PART_PREFLIGHT 1

// It does not tell.
#define CORSAC_PART_UNKNOWN 2

// Bytes that somebody else owns. They are not NUL-terminated and may have any value. Empty: `len` is 0, and `ptr` may be anything, NULL too.
typedef struct corsac_bytes {
    // The first byte.
    const uint8_t *ptr;
    // The number of bytes.
    size_t len;
} corsac_bytes;

// What a call returns: `CORSAC_OK`, or a negative number for an error. The only positive number is `CORSAC_UNTOUCHED`, of functions that say so.
// The numbers never change their meaning.
typedef int32_t corsac_result;

// A list of texts that somebody else owns. Empty: `len` is 0.
typedef struct corsac_list {
    // The first text.
    const struct corsac_bytes *ptr;
    // The number of texts.
    size_t len;
} corsac_list;

// The options of a policy. Call `corsac_spec_init` first, then set what differs. Texts and lists stay yours: they are read during a call only.
typedef struct corsac_spec {
    // `sizeof(corsac_spec)`, written by `corsac_spec_init`.
    size_t size;
    // Patterns: `*`, `https://app.example.com`, `https://*.example.com`, `https://preview-*.example.com`, `http://localhost:*`,
    // `http://192.168.0.0/16:*`. At most 328 bytes each. Required, unless `external_origins` is 1.
    struct corsac_list allow_origins;
    // Methods, exact and case-sensitive. `*` allows any method but CONNECT, TRACE and TRACK. At most 64 of at most 128 bytes.
    // `ptr` NULL is the default: GET, HEAD and POST. `ptr` set and `len` 0 is an empty list.
    struct corsac_list allow_methods;
    // Names of request headers, in any case. `x-amz-meta-*` allows every name with that prefix, and `*` every name. At most 256 of at most 128
    // bytes, 16 prefixes among them.
    struct corsac_list allow_headers;
    // Names of response headers, in any case. `*` exposes all of them, but not with credentials. At most 256 of at most 128 bytes.
    struct corsac_list expose_headers;
    // The fixed parts of wildcards that may be over a public suffix with credentials, such as `kuleuven.be`. At most 256. The option
    // `dangerously_allow_public_suffixes` of a policy file, as a list.
    struct corsac_list dangerously_allow_public_suffixes;
    // For how many seconds a browser may cache the response to a preflight: 0 turns caching off, and more than 86400 is sent as 86400.
    // `CORSAC_UNSET` sends no header, and browsers cache for 5 seconds.
    int64_t max_age;
    // The status of an allowed preflight, 200..299. `CORSAC_UNSET`: 204.
    int64_t preflight_status;
    // The status of every denied preflight, 400..499. `CORSAC_UNSET`: 403, or `preflight_status` if the browser's own check is certain to
    // fail. Then its console names the method or the header.
    int64_t denied_preflight_status;
    // 1: send `Access-Control-Allow-Credentials: true`.
    uint8_t allow_credentials;
    // 1: you check origins that no pattern matches, with `corsac_policy_evaluate_with`.
    uint8_t external_origins;
    // 1: send `Timing-Allow-Origin`, so that a page can see how long the responses took that it may read. A plain request gets it only from
    // a policy for any origin.
    uint8_t allow_timing;
    // 1: respond to the legacy `Access-Control-Request-Private-Network`.
    uint8_t allow_private_network;
    // 1: allow the patterns `null` and `file://`, but never with credentials.
    uint8_t dangerously_allow_null_origin;
    // 1: allow `http:` origins other than loopback, and every host of an app or extension scheme, with credentials.
    uint8_t dangerously_allow_insecure_origins;
    // 1: allow wildcards over any public suffix with credentials. Better: list those you mean in `dangerously_allow_public_suffixes`, which
    // must be empty if this is 1.
    uint8_t dangerously_allow_all_public_suffixes;
} corsac_spec;

// One thing that is wrong or doubtful in a policy or a set. All of it is valid during the callback only: copy what you want to keep.
typedef struct corsac_finding {
    // `CORSAC_ERROR` or `CORSAC_WARNING`.
    int32_t severity;
    // A stable name for machines: `trailing-slash`.
    struct corsac_bytes code;
    // The number of the table in the set, from 0, or `CORSAC_NO_TABLE`.
    size_t table;
    // The option, named as in `corsac_spec`: `allow_origins`. Of a set also `path`, `cors` (the table as a whole) and `policy` (the set).
    struct corsac_bytes field;
    // The number of the entry in the list, from 0, or `CORSAC_NO_INDEX`.
    size_t index;
    // The entry as you wrote it, raw: escape it before you show it. Empty if the option is not a list.
    struct corsac_bytes text;
    // The first byte of `text` that is wrong.
    size_t at_start;
    // The end of the bytes that are wrong: one past the last of them.
    size_t at_end;
    // Another entry that explains this finding, raw: one that makes this entry redundant, or a listed public suffix. `ptr` is NULL if there
    // is none.
    struct corsac_bytes related;
    // One line for people, escaped, at most `CORSAC_MESSAGE_MAX` bytes.
    struct corsac_bytes message;
    // What to do about it, in one line: `write "https://a.example"`. Empty if nothing can be suggested.
    struct corsac_bytes suggestion;
    // The text to write instead of the entry. `ptr` is NULL if there is none.
    struct corsac_bytes replacement;
} corsac_finding;

// Receives each finding. `data` is the pointer that you passed with the function.
typedef void (*corsac_on_finding)(void *data, const struct corsac_finding *finding);

// A compiled policy: a view of its image, which stays in your memory. Only `corsac_policy_compile` and `corsac_policy_open` make one.
//
// The image must not move or change while you use the policy or a decision of it. It contains no pointers: you can write its `len` bytes to a
// file and open them elsewhere. Any number of threads can use one policy at the same time. There is nothing to free.
typedef struct corsac_policy {
    // The first byte of the image.
    const uint8_t *image;
    // The image's length in bytes.
    size_t len;
} corsac_policy;

// A request: the method, and the headers that matter to CORS. It has about 5 kB, of which only the used part is ever written.
//
// It is yours and may be on the stack; there is nothing to free. Call `corsac_request_init` first: a request that is all zeros is refused. It
// holds pointers to the method and to the values of headers. These must stay where they are while you use the request or a decision about it;
// names are not kept. You can copy a request; the copy is independent. Only one thread may use a request at a time.
typedef struct corsac_request {
    // Not for you.
    uint64_t opaque[CORSAC_REQUEST_WORDS];
} corsac_request;

// One header: a name, and a value without the white space around it.
typedef struct corsac_header {
    // The field name, without the colon.
    struct corsac_bytes name;
    // The field value.
    struct corsac_bytes value;
} corsac_header;

// The decision about a request.
//
// Apply it to every response to which the policy applies, denied and plain ones too: remove each header for which `corsac_replaces_header`
// is 1, add the headers of the decision, and merge `Vary` with `corsac_vary_missing`. Denied means that the page cannot read the response.
// It never means that you should refuse the request: only a preflight gets its response here.
//
// The bytes belong to the image, to the values of the request, or are static. A decision has no pointer into the `corsac_request` itself.
typedef struct corsac_decision {
    // `CORSAC_PLAIN`, `CORSAC_ACTUAL` or `CORSAC_PREFLIGHT`.
    int32_t request_class;
    // `CORSAC_ALLOWED`, or the reason for the denial: `CORSAC_ORIGIN_NOT_ALLOWED` and so on.
    int32_t denial;
    // The bytes of the request that caused the denial, raw: escape them before you show them.
    struct corsac_bytes denial_bytes;
    // The status of the response to a preflight. 0: the application's own status.
    int32_t status;
    // 1: remove `Timing-Allow-Origin` from the application's response, too. `corsac_replaces_header` reads this.
    int32_t replaces_timing;
    // The number of `headers`.
    size_t header_count;
    // The response headers in their fixed order, `Vary` last. Elements from `header_count` on are not written.
    struct corsac_header headers[CORSAC_HEADERS_MAX];
} corsac_decision;

// Checks an origin that no pattern matched, for a policy with `external_origins`. Return 1 to allow it; any other number denies it.
//
// `data` is the pointer that you passed with the function. `table` is the number of the policy's table in the set, from 0; it is 0 for a
// single policy. `origin` is valid during the call.
typedef int32_t (*corsac_origin_check)(void *data, size_t table, struct corsac_bytes origin);

// A request as a script makes it. `corsac_script_request_init` fills it in; then set what differs.
typedef struct corsac_script_request {
    // `sizeof(corsac_script_request)`, set by `corsac_script_request_init`.
    size_t size;
    // The page's origin, serialised: `https://app.example`. `null` is opaque.
    struct corsac_bytes origin;
    // Where to, in the URL's serialised form, as `new URL(...).href` gives it.
    struct corsac_bytes url;
    // As the script writes it.
    struct corsac_bytes method;
    // The headers that the script sets, in its order. One whose value's `ptr` is NULL has a value that is not known, and needs the server's
    // leave; an empty value has a `ptr` other than NULL.
    const struct corsac_header *headers;
    // How many they are.
    size_t header_count;
    // `CORSAC_CREDENTIALS_...`
    int32_t credentials;
    // `CORSAC_MODE_...`
    int32_t mode;
    // The referrer policy's name, such as `no-referrer`; empty: the default.
    struct corsac_bytes referrer_policy;
    // 1: listeners stand on `XMLHttpRequest.upload`, so that the browser always asks first; and the console speaks of `XMLHttpRequest`.
    uint8_t upload_listener;
    // 1: the body is a `ReadableStream`: the browser always asks first, and cannot send it twice.
    uint8_t stream_body;
} corsac_script_request;

// What a server answered.
typedef struct corsac_response {
    // The status code, 0 to 65535; what is none (under 100, over 999) is judged as what no browser can read.
    int32_t status;
    // Every header line, in its order, each as it went over the wire.
    const struct corsac_header *headers;
    // How many they are.
    size_t header_count;
} corsac_response;

// The answers at one URL of the redirect chain.
typedef struct corsac_hop {
    // The URL, serialised; where a redirect leads to no URL, empty. The first hop's is that of the request, and is not looked at here.
    struct corsac_bytes url;
    // The answer to the preflight; NULL: not known, or none was sent.
    const struct corsac_response *preflight;
    // The answer to the request; NULL: not known.
    const struct corsac_response *response;
    // The header lines of a 304 by which the browser freshened its stored response, which `response` then is; NULL: none.
    const struct corsac_header *revalidated;
    // How many they are.
    size_t revalidated_count;
} corsac_hop;

// Why a browser refuses, and where. Valid during the callback, all of it; `code`, `cause`, `cause_name` and `advice` stay valid for good.
typedef struct corsac_blocked {
    // The stable name, such as `acao-missing`; `corsac_blocked_name` lists all.
    struct corsac_bytes code;
    // 1: in the answer to the preflight. 0: in the answer to the request, or in the request.
    int32_t in_preflight;
    // At which hop, from 0.
    size_t hop;
    // The status of that answer, 0 where there is none.
    int32_t status;
    // The offending bytes: the header's value (several lines joined by `, `), the method, the name of a header (in lower case), the URL of a
    // redirect; empty where something is missing. Raw bytes that somebody else wrote, cut after `CORSAC_MESSAGE_MAX`: `corsac_escape` makes
    // them fit to print.
    struct corsac_bytes evidence;
    // The reason in one sentence, untrusted bytes escaped, cut after `CORSAC_MESSAGE_MAX`.
    struct corsac_bytes sentence;
    // The stable name of the likely mistake behind it, such as `trailing-slash`.
    struct corsac_bytes cause_name;
    // The likely mistake, in one sentence.
    struct corsac_bytes cause;
    // What to do about it, in one sentence. Where it speaks of "these lines", `corsac_step_passing_lines` gives them.
    struct corsac_bytes advice;
    // What this browser's console says, UTF-8, at most `CORSAC_CONSOLE_MAX` bytes; empty where it says nothing of its own.
    struct corsac_bytes console;
} corsac_blocked;

// Takes one reason; `data` is what the caller of the function gave.
typedef void (*corsac_on_blocked)(void *data, const struct corsac_blocked *blocked);

// What one browser makes of an exchange.
typedef struct corsac_judgement {
    // What the script gets: `CORSAC_VERDICT_...`
    int32_t verdict;
    // What became of the preflights of all hops: `CORSAC_PREFLIGHT_...`
    int32_t preflight;
    // For how many seconds the answer to the last preflight that passed may be kept, or `CORSAC_NOT_CACHED`.
    int64_t cache_seconds;
} corsac_judgement;

// Takes one name or one line; `data` is what the caller of the function gave.
typedef void (*corsac_on_text)(void *data, struct corsac_bytes text);

// Takes one header; `data` is what the caller of the function gave.
typedef void (*corsac_on_header)(void *data, const struct corsac_header *header);

// What a browser sends at one URL. Its bytes are the caller's own, or static.
typedef struct corsac_step {
    // The method; a redirect may have made it `GET`.
    struct corsac_bytes method;
    // Where to.
    struct corsac_bytes url;
    // The `Origin` line of the request; `ptr` NULL: there is none.
    struct corsac_bytes origin;
    // The `Origin` line of the preflight; `ptr` NULL: no preflight is sent.
    struct corsac_bytes preflight_origin;
    // What the script may do with the response: `CORSAC_TAINTING_...`
    int32_t tainting;
    // 1: a preflight comes first, where none is cached.
    int32_t needs_preflight;
    // 1: cookies go along, where there are some.
    int32_t sends_credentials;
    // How many names `Access-Control-Request-Headers` holds; 0: the preflight has no such line.
    size_t requested_header_count;
    // How many bytes its value has.
    size_t requested_headers_len;
} corsac_step;

// What a console message says. Its bytes are those of the message, which somebody else wrote, or static: `code`, `cause_name`, `cause` and
// `advice`. A `ptr` of NULL: it does not tell.
typedef struct corsac_console_message {
    // The browser that writes such messages: `CORSAC_PROFILE_...`; with `CORSAC_PROFILE_NONE` there is nothing else.
    int32_t profile;
    // In which answer: `CORSAC_PART_...`
    int32_t part;
    // The status that it names; 0: none.
    int32_t status;
    // 1: it is about `XMLHttpRequest`, not `fetch()`.
    int32_t is_xhr;
    // Why it is blocked: the stable name, such as `acao-missing`.
    struct corsac_bytes code;
    // The URL that was asked for.
    struct corsac_bytes url;
    // The first URL of the redirect chain.
    struct corsac_bytes redirected_from;
    // The page's origin.
    struct corsac_bytes origin;
    // What the browser filled in: a header's value, a method, a name.
    struct corsac_bytes value;
    // The stable name of the likely mistake, as far as the message tells; the traffic would tell more.
    struct corsac_bytes cause_name;
    // The likely mistake, in one sentence.
    struct corsac_bytes cause;
    // What to do about it, in one sentence.
    struct corsac_bytes advice;
} corsac_console_message;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The `CORSAC_ABI_VERSION` of the linked library. A program that loads it at run time should compare the two.
uint32_t corsac_abi_version(void);

// The version of the linked library: `0.1.0`. Static.
struct corsac_bytes corsac_version(void);

// The meaning of a result: one line for a log, lower case, without a full stop. Static. Empty for a number that is not a result.
struct corsac_bytes corsac_result_text(corsac_result result);

// Sets every option to its default: no origin, no header, no credentials, nothing dangerous.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_spec_init(struct corsac_spec *spec);

// Writes the number of bytes of storage that `corsac_policy_compile` needs for these options to `*size`.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_policy_size(const struct corsac_spec *spec, size_t *size);

// Compiles the options into `storage`, and makes `*policy` a view of it.
//
// `storage` becomes the image of the policy. It may have any alignment and must have at least `corsac_policy_size` bytes; the image uses the
// first `policy->len` of them. All of `storage` is written, unless the result is `CORSAC_INVALID_ARGUMENT`; on failure with zeros. You can free
// the options afterwards.
//
// `on_finding` may be NULL. It is called with `data` for every error and every warning: first those about single entries, in the order of
// the options, then those that compare origins with each other. The latter need enough storage.
//
// Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; then `*policy` is unchanged.
corsac_result corsac_policy_compile(const struct corsac_spec *spec,
                                    uint8_t *storage,
                                    size_t storage_len,
                                    corsac_on_finding on_finding,
                                    void *data,
                                    struct corsac_policy *policy);

// Opens an image that was compiled elsewhere, exactly the `len` bytes of its file, and makes `*policy` a view of it. `image` may have any
// alignment.
//
// The whole image is checked once: what compiling would refuse is refused here, and hostile bytes give an error. That costs about as much as
// compiling.
//
// Errors: `CORSAC_NOT_AN_IMAGE`, `CORSAC_OTHER_VERSION`, `CORSAC_WRONG_LENGTH`, `CORSAC_DAMAGED`, `CORSAC_REFUSED`,
// `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_policy_open(const uint8_t *image,
                                 size_t len,
                                 struct corsac_policy *policy);

// 1: the policy allows any origin. 0: it does not. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_is_any_origin(const struct corsac_policy *policy);

// 1: the policy allows credentials. 0: it does not. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_allows_credentials(const struct corsac_policy *policy);

// 1: the policy has `external_origins`, for `corsac_policy_evaluate_with`. 0: it does not. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_allows_external_origins(const struct corsac_policy *policy);

// 1: the wildcards were checked against the public suffix list when the policy was compiled. 0: they were not. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_is_public_suffix_checked(const struct corsac_policy *policy);

// Starts a request with this method and no header. You can call it again to start another request in the same memory.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_request_init(struct corsac_request *request, struct corsac_bytes method);

// The name of a request header that the engine reads, such as `Origin`, by its place from 0. Empty past the last one. Static. A later version
// may read more headers.
//
// Use it if a call for each header is too slow for you: ask for the names once, and skip headers with other names or lengths. If a request has
// none of these headers, its decision depends on the policy alone, not even on the method.
struct corsac_bytes corsac_read_header_name(size_t place);

// Adds one header. Pass **every** header of the request, in order, with its name in any case and its value without the white space around it:
// the engine picks and counts. Pass a header that is repeated as often as it is there.
//
// Errors: `CORSAC_INVALID_ARGUMENT`; then the request is unchanged.
corsac_result corsac_request_add_header(struct corsac_request *request,
                                        struct corsac_bytes name,
                                        struct corsac_bytes value);

// Decides a request, and writes the decision to `*decision`. An origin that no pattern matches is denied.
//
// Nothing is allocated, formatted or locked. The policy and the request are only read.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_policy_evaluate(const struct corsac_policy *policy,
                                     const struct corsac_request *request,
                                     struct corsac_decision *decision);

// As `corsac_policy_evaluate`, but calls `origin_check` for an origin that no pattern matches, if the policy has `external_origins`.
//
// `origin_check` is called at most once, with `data`, and only for an origin of at most 328 visible bytes that contains `://`. It is called
// for `null` only if the policy has `dangerously_allow_null_origin` and does not allow credentials.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, also if `origin_check` is NULL.
corsac_result corsac_policy_evaluate_with(const struct corsac_policy *policy,
                                          const struct corsac_request *request,
                                          corsac_origin_check origin_check,
                                          void *data,
                                          struct corsac_decision *decision);

// The stable name of a class: `plain`, `actual` or `preflight`. Static. Empty for a number that is not a class.
struct corsac_bytes corsac_class_name(int32_t request_class);

// The stable name of a denial: `origin-not-allowed`. Static. Empty for `CORSAC_ALLOWED` and for a number that is not a denial.
struct corsac_bytes corsac_denial_name(int32_t denial);

// Writes the reason for a denial in one line, escaped, with at most 128 bytes of the request: `origin "https://evil.example" is not allowed`.
// Use it for a log, and for the body of the response to a denied preflight. For an allowed request it writes nothing.
//
// It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. `CORSAC_MESSAGE_MAX` bytes are always enough.
// The values of the request must still be valid.
//
// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; then nothing is written.
corsac_result corsac_denial_message(const struct corsac_decision *decision,
                                    uint8_t *buffer,
                                    size_t capacity,
                                    size_t *written);

// Escapes untrusted bytes so that they are safe to print: `\`, `"`, `<` and every byte outside 0x20..0x7E become `\xNN`.
//
// It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. Four times `bytes.len` is always enough.
// `bytes` and `buffer` must not overlap.
//
// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; then nothing is written.
corsac_result corsac_escape(struct corsac_bytes bytes,
                            uint8_t *buffer,
                            size_t capacity,
                            size_t *written);

// 1: remove a header of this name, in any case, from the response before you add the headers of the decision. 0: keep it. Do this on every
// response to which the policy applies, denied and plain ones too. `CORSAC_INVALID_ARGUMENT`.
//
// These are the CORS response headers, and `Timing-Allow-Origin` where a policy of the path has `allow_timing`. Only
// `decision->replaces_timing` is read.
int32_t corsac_replaces_header(const struct corsac_decision *decision,
                               struct corsac_bytes name);

// Reads one `Vary` header of the response. `*covered` must be 0 at first; it then holds what the `Vary` headers so far cover.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, also if `*covered` is neither 0 nor a number that this function wrote.
corsac_result corsac_vary_add(struct corsac_bytes value,
                              uint32_t *covered);

// Writes the values of the `Vary` headers to add to the response to `values`, and their number to `*count`. That is the whole value of the
// decision if the response has no name of it yet, or else each missing name by itself. You never need to change a `Vary` of the response.
//
// `vary` is the value of the decision's `Vary` header, and `values` point into it; empty: the decision has none. `covered` is the number that
// `corsac_vary_add` wrote for the headers of the response. `values` must have room for `CORSAC_VARY_MAX`.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_vary_missing(struct corsac_bytes vary,
                                  uint32_t covered,
                                  struct corsac_bytes values[CORSAC_VARY_MAX],
                                  size_t *count);

// Describes a `GET` of a page of `origin` for `url`, with everything else as `fetch()` has it: no headers, credentials to the page's own origin
// only, mode `cors`. Both stay the caller's, and have to be there for as long as the request is used.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_script_request_init(struct corsac_script_request *request,
                                         struct corsac_bytes origin,
                                         struct corsac_bytes url);

// Says what a browser makes of a request and its answers. Each failure is told to `on_blocked` (NULL: to nobody), in the order in which this
// browser comes upon them: the first is the one that its console names. `data` is handed on to it.
//
// `hops` has one entry per URL of the redirect chain; what is missing is not known. No hop at all (NULL and 0) is an exchange of which
// nothing is known.
//
// The cost grows with the square of the number of the script's headers: about 20 ms for 500 of them.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
corsac_result corsac_explain(const struct corsac_script_request *request,
                             const struct corsac_hop *hops,
                             size_t hop_count,
                             int32_t profile,
                             corsac_on_blocked on_blocked,
                             void *data,
                             struct corsac_judgement *judgement);

// Gives the names of the response headers that the script may read to `on_name`, as they stand on their lines, in their order; none where it
// gets no response. They are bytes that the server wrote.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
corsac_result corsac_exposed_headers(const struct corsac_script_request *request,
                                     const struct corsac_hop *hops,
                                     size_t hop_count,
                                     int32_t profile,
                                     corsac_on_text on_name,
                                     void *data);

// 1: no script can set this header, the browser drops it. 0: a script can. `CORSAC_INVALID_ARGUMENT`. A `value` whose `ptr` is NULL is not
// known.
int32_t corsac_is_forbidden_header(struct corsac_bytes name,
                                   struct corsac_bytes value);

// 1: this header by itself needs no leave of the server in this profile. 0: it needs a preflight. `CORSAC_INVALID_ARGUMENT`. A `value` whose
// `ptr` is NULL is not known, and needs leave.
int32_t corsac_is_safelisted_header(int32_t profile,
                                    struct corsac_bytes name,
                                    struct corsac_bytes value);

// Gives the script's headers that the browser drops without a word to `on_header`: forbidden ones, and in mode `no-cors` all that no form could
// send. A value whose `ptr` is NULL is not known.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
corsac_result corsac_dropped_headers(const struct corsac_script_request *request,
                                     corsac_on_header on_header,
                                     void *data);

// Says what a browser of this profile sends at hop `hop`, from 0. Of `hops`, the URLs and the statuses before that hop count; for the first
// they may be NULL and 0.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, where `hop` is neither the first nor one of `hops` too; `CORSAC_TOO_MANY`.
corsac_result corsac_step_at(const struct corsac_script_request *request,
                             const struct corsac_hop *hops,
                             size_t hop_count,
                             size_t hop,
                             int32_t profile,
                             struct corsac_step *step);

// Writes the value of `Access-Control-Request-Headers` at hop `hop`: the names in lower case, sorted, joined by `,`. Its length is
// `requested_headers_len` of `corsac_step_at`; without names it is 0, and the preflight has no such line.
//
// Errors: `CORSAC_STORAGE_TOO_SMALL`, where `capacity` is less than that length; `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`.
corsac_result corsac_step_requested_headers(const struct corsac_script_request *request,
                                            const struct corsac_hop *hops,
                                            size_t hop_count,
                                            size_t hop,
                                            int32_t profile,
                                            uint8_t *buffer,
                                            size_t capacity,
                                            size_t *written);

// Gives the script's headers that go along at hop `hop` to `on_header`, in the script's order; a value whose `ptr` is NULL is not known.
// What the browser adds by itself (`Origin` and more) is not among them.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
corsac_result corsac_step_headers(const struct corsac_script_request *request,
                                  const struct corsac_hop *hops,
                                  size_t hop_count,
                                  size_t hop,
                                  corsac_on_header on_header,
                                  void *data);

// Gives the header lines with which an answer at hop `hop` passes to `on_line`, the least that lets this request through: those of the
// preflight's answer (`of_preflight` 1) or of the answer to the request (0). Each is a line `Name: value`, untrusted bytes escaped, for people
// to read: at most `CORSAC_CONSOLE_MAX` bytes, and what is longer ends in `...`.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
corsac_result corsac_step_passing_lines(const struct corsac_script_request *request,
                                        const struct corsac_hop *hops,
                                        size_t hop_count,
                                        size_t hop,
                                        int32_t profile,
                                        int32_t of_preflight,
                                        corsac_on_text on_line,
                                        void *data);

// 1: a later request, this many milliseconds after the exchange, needs a preflight of its own. 0: the cached one covers it, or it needs none.
// `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`.
//
// Asked of its first URL; the caches of the browser were empty before the exchange, and are not told of other requests in between. The later
// request's headers are counted by themselves.
int32_t corsac_needs_preflight_after(const struct corsac_script_request *request,
                                     const struct corsac_hop *hops,
                                     size_t hop_count,
                                     int32_t profile,
                                     const struct corsac_script_request *later,
                                     uint64_t milliseconds);

// Decodes a console message of Chromium, Firefox or WebKit; what stands before it does not matter (`app.js:3 `). `text` is UTF-8.
//
// A text that is no such message is no error: `console->profile` is `CORSAC_PROFILE_NONE` then.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, for a text that is not UTF-8 too.
corsac_result corsac_decode_console(struct corsac_bytes text,
                                    struct corsac_console_message *console);

// `spec`, `chromium`, `firefox` or `webkit`; empty for another number. Static.
struct corsac_bytes corsac_profile_name(int32_t profile);

// `allowed`, `opaque`, `blocked`, `incomplete` or `throws`; empty for another number. Static.
struct corsac_bytes corsac_verdict_name(int32_t verdict);

// `not-needed`, `passed`, `missing` or `failed`: what became of the preflights; empty for another number. Static.
struct corsac_bytes corsac_preflight_name(int32_t preflight);

// The names of all reasons for which a browser refuses, by their place from 0, such as `acao-missing`; empty past the last. A later version may
// have more of them. Static.
struct corsac_bytes corsac_blocked_name(size_t place);

// The names of all likely mistakes, by their place from 0, such as `trailing-slash`; empty past the last. A later version may have more of
// them. Static.
struct corsac_bytes corsac_cause_name(size_t place);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* CORSAC_H */
