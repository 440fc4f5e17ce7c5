/* caller.h: who sends a request: token, address, language. */
#pragma once
#include "http/request.h"

#define SESSION_COOKIE "thidua_session"

/* Take the token from `Authorization: Bearer` or the cookie, if the operation needs one.  Whether it is
 * good, the database says later.  Problems: unauthenticated; cross-site when a page of another site
 * sends the cookie along to change something. */
bool caller_identify(struct request *rq, struct problem *problem);

/* Vietnamese, unless Accept-Language prefers English. */
enum language caller_language(const struct request *rq);

/* Did the request reach nginx through TLS? */
bool caller_uses_tls(const struct request *rq);

/* Copy the client's address as nginx tells it (X-Real-IP); "local" when it does not. */
void caller_address(const struct request *rq, char address[ADDRESS_SIZE]);
