/* header.h: reading the headers of a request.  Nothing here allocates; all input is untrusted. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* How much a header like Accept or Accept-Language wants the option, in thousandths: 0 not at all, 1000
 * most.  The nearest range counts: "en" itself, then a variety ("en-GB"), then its family ("text" and an
 * asterisk), then anything.  A NULL header wants everything. */
int header_quality(const char *header, const char *option);

/* Is the Content-Type application/json, in UTF-8 if it says so? */
bool header_is_json(const char *content_type);

/* Copy the token of "Bearer <token>".  False: it is something else, or too long for the size. */
bool header_bearer(const char *authorization, char *token, size_t size);

/* Copy the value of one cookie.  False: it is absent, malformed, or too long for the size. */
bool header_cookie(const char *cookies, const char *name, char *value, size_t size);

/* Is it one strong ETag with its quotes? */
bool header_is_etag(const char *text);

/* Is it fit to be a request's id: 8 to 64 letters, digits, dots, hyphens, underscores? */
bool header_is_request_id(const char *text);

/* Is it fit to be an Idempotency-Key: 8 to 128 visible ASCII characters
 * (draft-ietf-httpapi-idempotency-key-header-07 leaves the syntax to the service)? */
bool header_is_idempotency_key(const char *text);

/* Is the Origin, without its scheme, the Host? */
bool header_is_same_origin(const char *origin, const char *host);

/* Does the header Prefer (RFC 7240) name this preference, one without a value?  NULL: there is no header. */
bool header_prefers(const char *prefer, const char *preference);
