/* Callbacks of the browser model that count their calls. */
#ifndef CORSAC_TESTS_REPORTED_H
#define CORSAC_TESTS_REPORTED_H

#include <corsac.h>

static unsigned long reported;

static void on_text(void *data, corsac_bytes text)
{
    (void)data, (void)text;
    reported++;
}

static void on_header(void *data, const corsac_header *header)
{
    (void)data, (void)header;
    reported++;
}

#endif
