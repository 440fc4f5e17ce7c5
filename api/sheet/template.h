/* template.h: a workbook ready to be filled in and sent back. */
#pragma once
#include "base/buf.h"
#include "base/text.h"

/* Write the template of a form: `form` is what db/queries/form_template.sql tells, its `lines` as JSON.  The
 * first row, hidden, is the marker by which an import knows unit, period and how numbers are written; codes
 * are protected, computed lines are formulas of the others.  False: the workbook could not be written. */
struct template
{
    const char *form, *form_name, *unit, *unit_name, *period;
    bool invented; /* figures of before are invented, and the sheet says so */
    const json_t *lines;
};
bool template_write(const struct template *template, struct buf *out);
