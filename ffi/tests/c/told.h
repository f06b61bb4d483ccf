/* Callbacks of the browser model that count what they are told. */
#ifndef CORSAC_TESTS_TOLD_H
#define CORSAC_TESTS_TOLD_H

#include <corsac.h>

static unsigned long told;

static void on_text(void *data, corsac_bytes text)
{
    (void)data, (void)text;
    told++;
}

static void on_header(void *data, const corsac_header *header)
{
    (void)data, (void)header;
    told++;
}

#endif
