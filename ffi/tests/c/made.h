/* A good policy and a good request. The tests of misuse change one thing of them. */
#ifndef CORSAC_TESTS_MADE_H
#define CORSAC_TESTS_MADE_H

#include <corsac.h>

/* The options of one origin, `https://a.example`; the list lives as long as the program. */
corsac_spec made_spec(void);

/* That spec, compiled into kept memory. */
corsac_policy made_policy(void);

/* The policy of any spec, compiled into kept memory. */
corsac_policy compiled(const corsac_spec *spec);

/* A request with this method, and with one header if `name` is not NULL. All are C strings. */
corsac_request *made_request(const char *method, const char *name, const char *value);

#endif
