/* operations.h: the handlers and body shapes that routes.def names. */
#pragma once
#include "http/request.h"

/* The handler of every operation that is just its query (serve_query.h). */
handler_fn serve_query;

/* health.c */
handler_fn health_live, openapi_get;

/* problem_page.c */
handler_fn problem_list, problem_get;

/* session.c */
handler_fn session_create, session_delete;
extern const struct member session_body[];

/* token.c */
handler_fn token_create;
extern const struct member token_body[];

/* account.c */
handler_fn account_create, account_update;
extern const struct member account_body[], account_change_body[];

/* receipt.c */
handler_fn receipt_get;

/* period.c */
extern const struct member period_body[], period_change_body[];

/* submission.c */
extern const struct member submission_body[], submission_change_body[], submission_step_body[];

/* review.c */
extern const struct member comment_body[], extension_body[], reopen_request_body[], reopen_decision_body[];
extern const struct member follow_up_body[], follow_up_closing_body[];

/* validation.c */
handler_fn validation_get;
extern const struct member justification_body[];

/* import.c */
handler_fn import_create, import_get, import_commit, import_annotate;
extern const struct member import_commit_body[];

/* template.c */
handler_fn form_template;

/* village.c */
extern const struct member village_proposal_body[], village_change_body[];

/* change.c */
handler_fn change_list;

/* unit.c */
extern const struct member unit_change_body[];

/* data.c */
extern const struct member data_query_body[];

/* publication.c */
extern const struct member publication_body[];
