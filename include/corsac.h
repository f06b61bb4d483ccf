// Corsac: what a server answers to a cross-origin request (CORS), and why.
//
// A policy is described (`corsac_spec`), compiled once into memory of the caller's (`corsac_policy`), and asked about each request
// (`corsac_request`); the answer is a `corsac_decision`: class, allowed or why not, status, and the exact response headers.
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
//         corsac_request_header(&request, text("Origin"), text("https://preview-7.example.com"));
//         corsac_request_header(&request, text("Access-Control-Request-Method"), text("POST"));
//         if (corsac_evaluate(&policy, &request, &decision) != CORSAC_OK)
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
// What holds for every function:
//
// * It returns CORSAC_OK (0) or a negative CORSAC_... number. Outputs come last, and are written only where it returns CORSAC_OK. Functions
//   that answer yes or no return 1, 0 or a negative number.
// * Texts are bytes and a length, never NUL-terminated, in any encoding. Lengths and sizes are in bytes.
// * Nothing is allocated, nothing is freed, nothing is kept but what a `corsac_policy`, `corsac_request` or `corsac_decision` of the caller's
//   points to, and its comment says for how long that must stay.
// * NULL, a misaligned pointer, NULL with a length, and a number or a switch that this header does not name give CORSAC_INVALID_ARGUMENT.
//   Beyond that the caller sees to it that a pointer leads to as much memory as is said, that inputs are initialised and nobody changes
//   them meanwhile, and that an output overlaps nothing else.
// * There is no state: functions may run on any number of threads at once, as long as none writes what another one uses. A policy is never
//   written to, so all threads share it.
// * A callback runs on the caller's thread before the function returns. It must return: no exception, no longjmp. What it is given is valid
//   until then. It may call other functions of this header.
// * A call takes up to 8 kB of the calling thread's stack, one of the browser model up to 52 kB, and `corsac_needs_preflight_after` 60 kB, on a
//   64-bit machine (measured: 7 532, 49 040 and 55 824 bytes). What a callback takes comes on top.
//
// ffi/src writes this file: change it there, then `make header`.

#ifndef CORSAC_H
#define CORSAC_H

#include <stddef.h>
#include <stdint.h>

// A finding is about an option as a whole, not about an entry of a list: the index of `corsac_finding`.
#define CORSAC_NO_INDEX SIZE_MAX

// The version of this interface: it grows when a program that was built for the one before could go wrong.
#define CORSAC_ABI_VERSION 1

// Done: the outputs are written.
#define CORSAC_OK 0

// A pointer that is NULL or misaligned, a NULL with a length, a length over half of the address space, a switch that is neither 0 nor 1,
// a number that no constant has, a `size` of another version, a request or a policy that was never made.
#define CORSAC_INVALID_ARGUMENT -1

// There are errors among the findings: the callback has seen each of them.
#define CORSAC_FINDINGS -2

// The memory for the output is too small.
#define CORSAC_STORAGE_TOO_SMALL -3

// The image would have 4 GiB or more: list fewer origins.
#define CORSAC_TOO_LARGE -4

// The bytes are no image of a policy.
#define CORSAC_NOT_AN_IMAGE -5

// An image of another version of the format: compile the policy again.
#define CORSAC_OTHER_VERSION -6

// An image that is cut short, or has bytes behind its end.
#define CORSAC_WRONG_LENGTH -7

// An image that compiling cannot have written: compile the policy again.
#define CORSAC_DAMAGED -8

// The image of a policy that compiling refuses.
#define CORSAC_REFUSED -9

// More lines or hops than the browser model takes.
#define CORSAC_TOO_MANY -10

// A number of `corsac_spec` that is not set: its default.
#define CORSAC_UNSET INT64_MIN

// The policy does not compile.
#define CORSAC_ERROR 1

// The policy compiles, and probably does not say what was meant.
#define CORSAC_WARNING 2

// Words of a request: what the engine needs now, and a tenth to spare.
#define CORSAC_REQUEST_WORDS 624

// No `Origin`: the request goes on, and its response gets the headers.
#define CORSAC_PLAIN 0

// An `Origin`: the request goes on, allowed or not, and its response gets the headers.
#define CORSAC_ACTUAL 1

// A browser asks before it sends: it is answered at once, with `status` and the headers, and goes no further.
#define CORSAC_PREFLIGHT 2

// Nothing was denied.
#define CORSAC_ALLOWED 0

// No pattern matches the origin.
#define CORSAC_ORIGIN_NOT_ALLOWED 1

// Not exactly one `Origin` line, or one that no browser sends.
#define CORSAC_ORIGIN_MALFORMED 2

// The requested method is not listed.
#define CORSAC_METHOD_NOT_ALLOWED 3

// Not exactly one `Access-Control-Request-Method` line, or no token.
#define CORSAC_METHOD_MALFORMED 4

// A requested header is not listed.
#define CORSAC_HEADER_NOT_ALLOWED 5

// A requested header that is no token or stands twice; too many empty elements, or too much white space.
#define CORSAC_HEADERS_MALFORMED 6

// A value of the request is over its limit: `Origin` 328 bytes, method 128, echoed header names 4096 bytes or 32 lines.
#define CORSAC_REQUEST_TOO_LARGE 7

// The most headers of a decision, with some to spare.
#define CORSAC_HEADERS_MAX 40

// Bytes into which every message fits: those of findings and of denials.
#define CORSAC_MESSAGE_MAX 1024

// The most lines that a decision's `Vary` adds to a response.
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

// A run of bytes that somebody else owns. It is not NUL-terminated and may hold any byte. Empty: `len` 0, and `ptr` anything, NULL too.
typedef struct corsac_bytes {
    // The first byte.
    const uint8_t *ptr;
    // How many bytes there are.
    size_t len;
} corsac_bytes;

// What a call returns: `CORSAC_OK`, or why not, a negative number. The numbers never change their meaning.
typedef int32_t corsac_result;

// A list of texts that somebody else owns. Empty: `len` 0.
typedef struct corsac_list {
    // The first text.
    const struct corsac_bytes *ptr;
    // How many texts there are.
    size_t len;
} corsac_list;

// The options of a policy. `corsac_spec_init` first, then what differs. Texts and lists stay the caller's; they are read during a call only.
typedef struct corsac_spec {
    // `sizeof(corsac_spec)`: written by `corsac_spec_init`.
    size_t size;
    // Patterns: `*`, `https://app.example.com`, `https://*.example.com`, `https://preview-*.example.com`, `http://localhost:*`, at most
    // 328 bytes each. Needed, but for `external_origins`.
    struct corsac_list allow_origins;
    // Methods, exact and case-sensitive; `*`: any but CONNECT, TRACE and TRACK. At most 64 of at most 128 bytes.
    // `ptr` NULL, the default: GET, HEAD, POST; `ptr` set and `len` 0: none.
    struct corsac_list allow_methods;
    // Request-header names in any case; `*`: any. At most 256 of at most 128 bytes.
    struct corsac_list allow_headers;
    // Response-header names in any case; `*`: all, without credentials only. At most 256 of at most 128 bytes.
    struct corsac_list expose_headers;
    // Seconds for which a browser may keep a preflight's answer, 0..86400; 0 turns its cache off. `CORSAC_UNSET`: no header, 5 seconds
    // in browsers.
    int64_t max_age;
    // Status of an allowed preflight, 200..299. `CORSAC_UNSET`: 204.
    int64_t preflight_status;
    // Status of every denied preflight, 400..499. `CORSAC_UNSET`: 403, or the status of success where the browser's own check is bound to
    // fail, so that its console names the method or the header.
    int64_t denied_preflight_status;
    // 1: sends `Access-Control-Allow-Credentials: true`.
    uint8_t allow_credentials;
    // 1: the caller may judge origins that no pattern matched, with `corsac_evaluate_with`.
    uint8_t external_origins;
    // 1: answers the legacy `Access-Control-Request-Private-Network`.
    uint8_t allow_private_network;
    // 1: lets the pattern `null` in; never beside credentials.
    uint8_t dangerously_allow_null_origin;
    // 1: lets `http:` origins (other than loopback) in beside credentials.
    uint8_t dangerously_allow_insecure_origins;
    // 1: lets wildcards over a public suffix in beside credentials.
    uint8_t dangerously_allow_public_suffixes;
} corsac_spec;

// One thing that is wrong or doubtful in a policy. All of it is valid during the callback only: copy what is to stay.
typedef struct corsac_finding {
    // `CORSAC_ERROR` or `CORSAC_WARNING`.
    int32_t severity;
    // What it is about, a stable name for machines: `trailing-slash`.
    struct corsac_bytes code;
    // The option, as `corsac_spec` calls it: `allow_origins`.
    struct corsac_bytes field;
    // Which entry of the list, from 0, or `CORSAC_NO_INDEX`.
    size_t index;
    // The entry as it was given, raw: escape it before it is shown. Empty where the option is no list.
    struct corsac_bytes text;
    // The first of the bytes of `text` that it is about.
    size_t at_start;
    // Behind the last of them.
    size_t at_end;
    // The entry that makes this one superfluous, raw; `ptr` NULL: none.
    struct corsac_bytes related;
    // One line for people, escaped, at most `CORSAC_MESSAGE_MAX` bytes: `an origin ends before the slash: "https://a.example/"`.
    struct corsac_bytes message;
    // What to do, one line: `write "https://a.example"`. Empty: nothing is known.
    struct corsac_bytes suggestion;
    // The text that replaces the entry, where there is one; `ptr` NULL: none.
    struct corsac_bytes replacement;
} corsac_finding;

// Is told each finding; `data` is what the caller of the function gave. It returns: it neither throws nor jumps.
typedef void (*corsac_on_finding)(void *data, const struct corsac_finding *finding);

// A compiled policy: a view of its image, which stays in the caller's memory. Made by `corsac_policy_compile` or `corsac_policy_open` only.
//
// The image must neither move nor change while the policy or a decision of it is used; it is position-independent otherwise: write its `len`
// bytes to a file, and open them elsewhere. Any number of threads may use one policy at once. There is nothing to free.
typedef struct corsac_policy {
    // The first byte of the image.
    const uint8_t *image;
    // The image's length in bytes.
    size_t len;
} corsac_policy;

// A request: the method, and the header lines that CORS is about. About 5 kB, of which only what is used is ever written.
//
// It belongs to the caller and may stand on the stack; there is nothing to free. It holds pointers to the method and the values: these must
// stay where they are while the request or a decision about it is used. Names are not kept. `corsac_request_init` before anything else; a
// request that is all zeros is refused. A copy of it is another request, of as much. One thread at a time.
typedef struct corsac_request {
    // Not for the caller.
    uint64_t opaque[CORSAC_REQUEST_WORDS];
} corsac_request;

// One header line: its name, and its value without the white space around it.
typedef struct corsac_header {
    // The field name, without the colon.
    struct corsac_bytes name;
    // The field value.
    struct corsac_bytes value;
} corsac_header;

// What to answer to a request.
//
// Every response that the policy governs, plain and denied ones too, loses the lines for which `corsac_is_owned_header` is 1, gets these
// headers, and has its `Vary` merged (`corsac_vary_missing`). Denied means that a page may not read the response, never that the request is
// refused: only a preflight is answered here.
//
// The bytes are those of the image, of the request's lines, or static; a decision does not point into the `corsac_request`.
typedef struct corsac_decision {
    // `CORSAC_PLAIN`, `CORSAC_ACTUAL` or `CORSAC_PREFLIGHT`.
    int32_t request_class;
    // `CORSAC_ALLOWED`, or why not: `CORSAC_ORIGIN_NOT_ALLOWED` and so on.
    int32_t denial;
    // The first offending bytes of the request, raw: escape them before they are shown.
    struct corsac_bytes denial_bytes;
    // Status of the answer to a preflight; 0: the application's own.
    int32_t status;
    // How many of `headers` there are.
    size_t header_count;
    // The response headers in their fixed order, `Vary` last. Those from `header_count` on are not written.
    struct corsac_header headers[CORSAC_HEADERS_MAX];
} corsac_decision;

// Judges an origin that no pattern matched; `data` is what the caller of the function gave. 1 lets it in, every other number does not.
// `origin` is valid during the call. It returns: it neither throws nor jumps.
typedef int32_t (*corsac_judge)(void *data, struct corsac_bytes origin);

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
typedef struct corsac_console {
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
} corsac_console;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The `CORSAC_ABI_VERSION` of the library that is linked. A program that loads it at run time compares the two.
uint32_t corsac_abi_version(void);

// The version of the library that is linked: `0.1.0`; static.
struct corsac_bytes corsac_version(void);

// What a result means: one line for a log, lower case, without a full stop; static. Empty for a number that is no result.
struct corsac_bytes corsac_result_text(corsac_result result);

// Sets every option to its default: no origin, no header, no credentials, nothing dangerous.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_spec_init(struct corsac_spec *spec);

// Bytes of storage that `corsac_policy_compile` needs for these options, into `*size`.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_policy_size(const struct corsac_spec *spec, size_t *size);

// Compiles the options into `storage`, and makes `*policy` a view of it.
//
// `storage` has any alignment, has at least `corsac_policy_size` bytes, and becomes the policy's image; of more bytes, the image uses the
// first `policy->len`. All of it is written, on failure too (with zeros), unless the result is `CORSAC_INVALID_ARGUMENT`. The options may be
// freed afterwards.
//
// `on_finding` (NULL: nobody is told) is called with `data` for every error and every warning: first those of single entries, in the order
// of the options, then those that compare origins with each other; these need the storage.
//
// Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; `*policy` is untouched then.
corsac_result corsac_policy_compile(const struct corsac_spec *spec,
                                    uint8_t *storage,
                                    size_t storage_len,
                                    corsac_on_finding on_finding,
                                    void *data,
                                    struct corsac_policy *policy);

// Opens an image that somebody compiled, the `len` bytes of a file as they are, at any alignment, and makes `*policy` a view of it.
//
// The image is checked once, whole: what compiling would refuse is refused here, and hostile bytes give an error. Cost: about that of
// compiling.
//
// Errors: `CORSAC_NOT_AN_IMAGE`, `CORSAC_OTHER_VERSION`, `CORSAC_WRONG_LENGTH`, `CORSAC_DAMAGED`, `CORSAC_REFUSED`,
// `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_policy_open(const uint8_t *image,
                                 size_t len,
                                 struct corsac_policy *policy);

// 1: any origin may read. 0: no. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_is_any_origin(const struct corsac_policy *policy);

// 1: credentialed responses may be read. 0: no. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_allows_credentials(const struct corsac_policy *policy);

// 1: the caller may judge origins, with `corsac_evaluate_with`. 0: no. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_allows_external_origins(const struct corsac_policy *policy);

// 1: wildcards were checked against the public suffix list when the policy was compiled. 0: no. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_policy_is_public_suffix_checked(const struct corsac_policy *policy);

// Begins a request of this method, without a header line yet. May be called again for another request.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_request_init(struct corsac_request *request, struct corsac_bytes method);

// The names of the lines that the engine reads, such as `Origin`, by their place from 0; empty past the last. A later version may have more of
// them. Static.
//
// A server to which a call for each line is dear asks for them once, and leaves out lines of other names, or of other lengths. Of a request
// without any of these lines nothing else counts, the method neither: a policy decides all of them alike.
struct corsac_bytes corsac_read_header_name(size_t place);

// Adds one header line. Hand in **every** line that the server has, in their order, names in any case, values without the white space around
// them: the engine picks and counts.
//
// Errors: `CORSAC_INVALID_ARGUMENT`; the request is as it was then.
corsac_result corsac_request_header(struct corsac_request *request,
                                    struct corsac_bytes name,
                                    struct corsac_bytes value);

// What to answer to this request, into `*decision`. Origins that no pattern matches are denied.
//
// Nothing is allocated, formatted or locked, and the policy and the request are only read.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_evaluate(const struct corsac_policy *policy,
                              const struct corsac_request *request,
                              struct corsac_decision *decision);

// As `corsac_evaluate`; an origin that no pattern matches is judged by the caller, if the policy has `external_origins`.
//
// `judge` is called with `data`, at most once, and only about an origin of at most 328 visible bytes with `://`; about `null` only where the
// policy has `dangerously_allow_null_origin` and no credentials.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, for a `judge` of NULL too.
corsac_result corsac_evaluate_with(const struct corsac_policy *policy,
                                   const struct corsac_request *request,
                                   corsac_judge judge,
                                   void *data,
                                   struct corsac_decision *decision);

// The stable name of a class: `plain`, `actual`, `preflight`; static. Empty for a number that is no class.
struct corsac_bytes corsac_class_name(int32_t request_class);

// The stable name of a denial: `origin-not-allowed`; static. Empty for `CORSAC_ALLOWED` and for a number that is no denial.
struct corsac_bytes corsac_denial_name(int32_t denial);

// Why a decision denies: one line, escaped, with at most 128 bytes of the request, for a log and for the body of a denied preflight:
// `origin "https://evil.example" is not allowed`. Of an allowed decision: nothing.
//
// Writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. `CORSAC_MESSAGE_MAX` bytes are always enough.
// The lines of the request must still be there.
//
// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; nothing is written then.
corsac_result corsac_denial_message(const struct corsac_decision *decision,
                                    uint8_t *buffer,
                                    size_t capacity,
                                    size_t *written);

// Untrusted bytes made safe to print: 0x20..0x7E stay, but `\`, `"` and `<`, and every other byte becomes `\xNN`.
//
// Writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. Four times `bytes.len` are always enough.
// The two do not overlap.
//
// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; nothing is written then.
corsac_result corsac_escape(struct corsac_bytes bytes,
                            uint8_t *buffer,
                            size_t capacity,
                            size_t *written);

// 1: a response's line of this name, in any case, belongs to the policy: remove it from every response that the policy governs, denied and
// plain ones too, before the decision's headers are written. 0: leave it. `CORSAC_INVALID_ARGUMENT`.
int32_t corsac_is_owned_header(struct corsac_bytes name);

// Reads one `Vary` line of the response. `*covered` starts as 0, and holds what the lines so far say already.
//
// Errors: `CORSAC_INVALID_ARGUMENT`, for a `*covered` that is neither 0 nor this function's own, too.
corsac_result corsac_vary_add(struct corsac_bytes line, uint32_t *covered);

// The lines to append for a decision's `Vary`, into `lines`, and their number into `*count`: the whole value where the response says nothing
// of it yet, otherwise each name that is missing in a line of its own. Nothing that stands in the response is changed.
//
// `vary` is the value of the decision's `Vary` header, into which the lines point (empty: the decision has none), and `covered` what
// `corsac_vary_add` has made of the response's lines. `lines` has room for `CORSAC_VARY_MAX`.
//
// Errors: `CORSAC_INVALID_ARGUMENT`.
corsac_result corsac_vary_missing(struct corsac_bytes vary,
                                  uint32_t covered,
                                  struct corsac_bytes lines[CORSAC_VARY_MAX],
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
                                    struct corsac_console *console);

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
