/* Turns JSON into bytes. It measures first, so that each text gets memory of exactly its length. */
#include "text.h"

#include "fault.h"
#include "memory.h"

/* jansson has checked the UTF-8, and keeps U+0000. */
static int measure_string(const json_t *value, size_t *len)
{
    const char *text = json_string_value(value);
    size_t i;
    for (i = 0; i < json_string_length(value); i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte > 0xC3)
            return fault("a code point over U+00FF is no byte");
        *len += (byte & 0xC0) != 0x80;
    }
    return 1;
}

static uint8_t *put_string(const json_t *value, uint8_t *to)
{
    const unsigned char *text = (const unsigned char *)json_string_value(value);
    size_t i, len = json_string_length(value);
    for (i = 0; i < len; i++) {
        if (text[i] < 0x80) {
            *to++ = text[i];
        } else {
            *to++ = (uint8_t)(((text[i] & 0x03) << 6) | (text[i + 1] & 0x3F));
            i++;
        }
    }
    return to;
}

static int measure(const json_t *value, size_t *len)
{
    size_t i, once = 0;
    if (json_is_string(value))
        return measure_string(value, len);
    if (json_is_array(value)) {
        for (i = 0; i < json_array_size(value); i++)
            if (!measure(json_array_get(value, i), len))
                return 0;
        return 1;
    }
    if (json_object_size(value) != 2 || !json_is_string(json_object_get(value, "repeat"))
        || !json_is_integer(json_object_get(value, "times")))
        return fault("a text is a string, a repeat, or an array of both");
    if (!measure_string(json_object_get(value, "repeat"), &once))
        return 0;
    *len += once * (size_t)json_integer_value(json_object_get(value, "times"));
    return 1;
}

static uint8_t *put(const json_t *value, uint8_t *to)
{
    size_t i;
    json_int_t times;
    if (json_is_string(value))
        return put_string(value, to);
    for (i = 0; i < json_array_size(value); i++)
        to = put(json_array_get(value, i), to);
    for (times = json_integer_value(json_object_get(value, "times")); times > 0; times--)
        to = put_string(json_object_get(value, "repeat"), to);
    return to;
}

int read_text(const json_t *value, corsac_bytes *text)
{
    size_t len = 0;
    text->ptr = NULL;
    text->len = 0;
    if (!measure(value, &len))
        return 0;
    if (len > 0) {
        uint8_t *bytes = keep(len);
        put(value, bytes);
        text->ptr = bytes;
        text->len = len;
    }
    return 1;
}
