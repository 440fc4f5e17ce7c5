/* fault.h: what is wrong with one place of a request, and a list of such faults.
 *
 * A list of faults is a JSON array of {pointer | parameter | header | cell: place, code, params}.  It is what
 * shape_check() finds, what queries add to, and what becomes `errors` of a problem document.
 */
#pragma once
#include "base/text.h"

/* Codes: FAULT(code, English, Vietnamese) of faults.def. */
struct fault_text {
    const char *code;
    const char *text[LANGUAGES];
};
extern const struct fault_text fault_texts[];
extern const size_t fault_texts_count;

/* A fault; the caller owns it.  `where` is "pointer", "parameter", "header" or "cell"; params are
 * taken over (NULL: none). */
json_t *fault_new(const char *where, const char *place, const char *code, json_t *params) MUST_CHECK;

/* Add a fault, which is taken over.  Beyond 100 nothing is added: whoever sends more has misread the
 * contract. */
void fault_add(json_t *faults, json_t *fault);

/* Would fault_add() add nothing more? */
bool fault_is_enough(const json_t *faults);

/* The fault as the caller reads it, `detail` included; the caller owns it.  A code that faults.def does
 * not have is logged and gets a general text. */
json_t *fault_described(const json_t *fault, enum language language);

/* The same for all of an array, in place. */
void faults_describe(json_t *faults, enum language language);
