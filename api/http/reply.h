/* reply.h: sending what an operation answered, or the problem it met. */
#pragma once
#include "http/request.h"

/* Headers every answer has: request id, no caching, what it varies with. */
void reply_start(const struct request *rq, struct _u_response *response);

/* Send the reply; its body is handed over without a copy. */
void reply_send(struct reply *rp, struct _u_response *response);

/* Send the problem as application/problem+json in the caller's language. */
void reply_send_problem(const struct problem *problem, const struct request *rq,
                        struct _u_response *response);

/* Add a member to the reply's body, an object: text, or what is JSON already. */
void reply_add_member(struct reply *rp, const char *name, const char *text);
void reply_add_json(struct reply *rp, const char *name, const char *json);

void reply_release(struct reply *rp);
