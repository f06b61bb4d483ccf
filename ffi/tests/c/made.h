/* A good policy, and a request that it answers: what the misuses are made of, one wrong thing at a time. */
#ifndef CORSAC_TESTS_MADE_H
#define CORSAC_TESTS_MADE_H

#include <corsac.h>

/* The options of one origin, `https://a.example`; the list lives as long as the program. */
corsac_spec made_spec(void);

/* That spec, compiled into kept memory. */
corsac_policy made_policy(void);

/* The policy of any spec, compiled into kept memory. */
corsac_policy compiled(const corsac_spec *spec);

/* A request of that method, with one line if `name` is not NULL; both are C strings. */
corsac_request *made_request(const char *method, const char *name, const char *value);

#endif
