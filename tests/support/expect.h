/* expect.h: what answers are expected to be, in a line; and what is in the database behind them. */
#pragma once
#include "support/world.h"

/* The answer is a problem of this status and slug, whole and sound; the test goes on when it is not. */
#define expect_problem(answer, status, slug) expect_problem_at(answer, status, slug, __FILE__, __LINE__)
void expect_problem_at(struct answer answer, int status, const char *slug, const char *file, int line);

/* The answer is this problem for this one reason: "/roles/0/unit unknown-unit". */
#define expect_fault(answer, status, slug, fault) \
    expect_fault_at(answer, status, slug, fault, __FILE__, __LINE__)
void expect_fault_at(struct answer answer, int status, const char *slug, const char *fault, const char *file,
                     int line);

/* What is wrong with an answer that should be a problem of the caller's (4xx): not problem+json, a member
 * is missing, a word of the database shows.  NULL: nothing. */
const char *flaw_of(const struct answer *answer);

/* The item of a list whose member is this text; NULL when there is none. */
const json_t *item_with(const struct answer *list, const char *member, const char *text);

/* A member of that item as text; "(absent)", "null". */
const char *of_item(const struct answer *list, const char *member, const char *text, const char *wanted);

/* That member of all items, blanks between. */
const char *column_of(const struct answer *list, const char *member);

/* The same of a whole list, page by page, `limit` items a page; path has its `?`. */
const char *column_of_pages(const char *path, const char *login, const char *member, int limit);

/* GET the path as the login. */
struct answer get(const char *path, const char *login);

/* A header with the token of a new session of the login, opened behind the service's back. */
const char *bearer_of(const char *login, const char *name);
const char *cookie_of(const char *login, const char *name);

/* How many rows of all tables contain the text, in clear or as bytes. */
int database_holds(const char *text);

/* All rows of all tables but the records of changes, answers and failed sign-ins, as a digest;
 * `login`'s own rows and those of its units are left out (NULL: none are). */
const char *database_digest(const char *login);

/* Number of rows of the record of changes. */
int changes_recorded(void);
