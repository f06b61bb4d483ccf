/* Memory of exactly the requested length, so that valgrind and ASan see every access beyond it. All of it is freed together. */
#ifndef CORSAC_TESTS_MEMORY_H
#define CORSAC_TESTS_MEMORY_H

#include <stddef.h>

/* Memory until `let_go`. Never NULL, also for a length of 0. */
void *keep(size_t len);

/* Frees all memory of `keep`. */
void let_go(void);

#endif
