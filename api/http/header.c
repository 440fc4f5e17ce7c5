/* header.c: reading the headers of a request. */
#include "http/header.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char blank[] = " \t";

static void skip_blanks(const char **text)
{
    *text += strspn(*text, blank);
}

/* Take a weight "0.875" off the text, in thousandths.  A malformed one counts as 0: not wanted. */
static int take_weight(const char **text)
{
    int weight = 0, digits = 0;
    if (**text != '0' && **text != '1')
        return 0;
    weight = (*(*text)++ - '0') * 1000;
    if (**text == '.')
        for (++*text; isdigit((unsigned char)**text) && digits < 3; ++*text) {
            static const int worth[] = {100, 10, 1};
            weight += (**text - '0') * worth[digits++];
        }
    return weight <= 1000 ? weight : 0;
}

/* Take the parameters of one range, ";q=0.5;…", up to the comma; its weight. */
static int take_parameters(const char **text)
{
    int weight = 1000;
    while (**text == ';') {
        ++*text;
        skip_blanks(text);
        if (strncasecmp(*text, "q=", 2) == 0) {
            *text += 2;
            weight = take_weight(text);
        }
        *text += strcspn(*text, ";,");
    }
    return weight;
}

/* How near a range is to the option: 3 the same, 2 a variety of it, 1 anything of its family, 0 anything,
 * -1 something else. */
static int nearness(const char *range, size_t length, const char *option)
{
    size_t whole = strlen(option), family = strcspn(option, "/") + 1;
    if (length == whole && strncasecmp(range, option, whole) == 0)
        return 3;
    if (length > whole && range[whole] == '-' && strncasecmp(range, option, whole) == 0)
        return 2;
    if (length == family + 1 && range[family] == '*' && strncasecmp(range, option, family) == 0)
        return 1;
    if ((length == 1 && range[0] == '*') || (length == 3 && memcmp(range, "*/*", 3) == 0))
        return 0;
    return -1;
}

int header_quality(const char *header, const char *option)
{
    int quality = 0, best = -1;
    if (!header)
        return 1000;
    while (*header) {
        header += strspn(header, " \t,");
        const char *range = header;
        size_t length = strcspn(header, " \t;,");
        header += length;
        skip_blanks(&header);
        int weight = take_parameters(&header), near = nearness(range, length, option);
        if (near > best || (near == best && weight > quality)) {
            best = near;
            quality = weight;
        }
        header += strcspn(header, ",");
    }
    return best < 0 ? 0 : quality;
}

/* The rest of "application/json": nothing, or charset=utf-8. */
static bool is_utf8_parameter(const char *text)
{
    skip_blanks(&text);
    if (*text == '\0')
        return true;
    if (*text++ != ';')
        return false;
    skip_blanks(&text);
    if (strncasecmp(text, "charset=", 8) != 0)
        return false;
    text += 8;
    bool quoted = *text == '"';
    text += quoted;
    if (strncasecmp(text, "utf-8", 5) != 0)
        return false;
    text += 5;
    if (quoted && *text++ != '"')
        return false;
    skip_blanks(&text);
    return *text == '\0';
}

bool header_is_json(const char *content_type)
{
    static const char json[] = "application/json";
    return content_type && strncasecmp(content_type, json, sizeof json - 1) == 0
           && is_utf8_parameter(content_type + sizeof json - 1);
}

/* Characters of RFC 6750's b64token. */
static bool is_token_character(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("-._~+/=", c));
}

static size_t token_length(const char *text)
{
    size_t length = 0;
    while (is_token_character(text[length]))
        length++;
    return length;
}

static bool copy_token(const char *text, size_t length, char *token, size_t size)
{
    if (length == 0 || length >= size)
        return false;
    memcpy(token, text, length);
    token[length] = '\0';
    return true;
}

bool header_bearer(const char *authorization, char *token, size_t size)
{
    if (strncasecmp(authorization, "Bearer ", 7) != 0)
        return false;
    const char *text = authorization + 7;
    text += strspn(text, " ");
    size_t length = token_length(text);
    return text[length] == '\0' && copy_token(text, length, token, size);
}

bool header_cookie(const char *cookies, const char *name, char *value, size_t size)
{
    size_t wanted = strlen(name);
    while (*cookies) {
        cookies += strspn(cookies, " \t;");
        size_t length = strcspn(cookies, ";");
        if (length > wanted && cookies[wanted] == '=' && strncmp(cookies, name, wanted) == 0) {
            const char *text = cookies + wanted + 1;
            size_t token = token_length(text);
            return text + token == cookies + length && copy_token(text, token, value, size);
        }
        cookies += length;
    }
    return false;
}

bool header_is_etag(const char *text)
{
    size_t length = strlen(text);
    if (length < 3 || length > 64 || text[0] != '"' || text[length - 1] != '"')
        return false;
    for (size_t i = 1; i < length - 1; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"')
            return false;
    return true;
}

bool header_is_request_id(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || (text[length] && strchr("._-", text[length])))
        length++;
    return text[length] == '\0' && length >= 8 && length <= 64;
}

bool header_is_idempotency_key(const char *text)
{
    size_t length = 0;
    while (isgraph((unsigned char)text[length]))
        length++;
    return text[length] == '\0' && length >= 8 && length <= 128;
}

bool header_is_same_origin(const char *origin, const char *host)
{
    const char *name = strstr(origin, "://");
    return name && host && *host && strcasecmp(name + 3, host) == 0;
}

/* A quoted value may hold what separates preferences. */
static const char *behind_value(const char *text)
{
    while (*text && *text != ',') {
        const char *end = *text == '"' ? strchr(text + 1, '"') : NULL;
        text = end ? end + 1 : text + 1;
    }
    return text;
}

bool header_prefers(const char *prefer, const char *preference)
{
    size_t wanted = strlen(preference);
    while (prefer && *prefer) {
        prefer += strspn(prefer, " \t,");
        size_t length = strcspn(prefer, " \t;,=");
        const char *next = prefer + length + strspn(prefer + length, blank);
        if (length == wanted && strncasecmp(prefer, preference, wanted) == 0 && *next != '=')
            return true;
        prefer = behind_value(next);
    }
    return false;
}
