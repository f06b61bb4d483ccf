/* Memory of exactly the length that was asked for, so that valgrind and ASan see a read or a write beyond it; all of it goes at once. */
#ifndef CORSAC_TESTS_MEMORY_H
#define CORSAC_TESTS_MEMORY_H

#include <stddef.h>

/* Memory until `let_go`; never NULL, not even for no byte. */
void *keep(size_t len);

/* Gives back all that `keep` gave. */
void let_go(void);

#endif
