/* Eight threads evaluate with one policy, which no thread changes. Each gets its own decisions. With `threads race`, they also write. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "made.h"
#include "memory.h"

enum { THREADS = 8, ROUNDS = 500 };

/* Shared by the threads: all of them read it, and write it only in the race. */
static corsac_policy policy;
static int is_race;
static volatile unsigned long written;

struct thread {
    pthread_t id;
    unsigned number;
    unsigned long wrong;
};

/* Even threads send the listed origin, odd ones another. All send every kind of preflight in turn. */
static int is_answered(unsigned number, unsigned round)
{
    char own[64];
    const char *method = round % 2 == 0 ? "GET" : "OPTIONS";
    int is_listed = number % 2 == 0, is_denied;
    corsac_bytes origin;
    corsac_request request;
    corsac_decision decision;
    snprintf(own, sizeof own, "https://%u-%u.example", number, round);
    origin = literal(is_listed ? "https://a.example" : own);
    if (corsac_request_init(&request, literal(method)) != CORSAC_OK
        || corsac_request_add_header(&request, literal("Origin"), origin) != CORSAC_OK
        || corsac_request_add_header(&request, literal("Access-Control-Request-Method"), literal("POST")) != CORSAC_OK
        || corsac_policy_evaluate(&policy, &request, &decision) != CORSAC_OK)
        return 0;
    if (decision.request_class != (round % 2 == 0 ? CORSAC_ACTUAL : CORSAC_PREFLIGHT))
        return 0;
    is_denied = decision.denial == CORSAC_ORIGIN_NOT_ALLOWED && same_bytes("", decision.denial_bytes, origin)
        && decision.denial_bytes.ptr == origin.ptr;
    return is_listed ? decision.denial == CORSAC_ALLOWED && decision.headers[0].value.ptr == origin.ptr : is_denied;
}

static void *run(void *data)
{
    struct thread *thread = data;
    unsigned round;
    for (round = 0; round < ROUNDS; round++) {
        thread->wrong += !is_answered(thread->number, round);
        if (is_race)
            written++;
    }
    return NULL;
}

int main(int count, char **arguments)
{
    static struct thread threads[THREADS];
    unsigned long wrong = 0;
    unsigned i;
    is_race = count > 1 && strcmp(arguments[1], "race") == 0;
    policy = made_policy();
    for (i = 0; i < THREADS; i++) {
        threads[i].number = i;
        if (pthread_create(&threads[i].id, NULL, run, &threads[i]) != 0)
            return 2;
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i].id, NULL);
        wrong += threads[i].wrong;
    }
    let_go();
    printf("%d threads, %d decisions, %lu wrong\n", THREADS, THREADS * ROUNDS, wrong);
    return wrong > 0;
}
