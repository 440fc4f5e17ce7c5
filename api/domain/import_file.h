/* import_file.h: a file of figures on its way into the database: as it is sent, or as it was kept. */
#pragma once
#include "db/load.h"
#include "domain/import_rows.h"
#include <string.h>

enum { IMPORT_COLUMNS_SIZE = 400, IMPORT_HEX_SIZE = 2 + 2 * 32 + 1 };

/* How a file is to be taken in: the arguments of import_start. */
struct import_terms {
    const char *media_type, *locale, *mode, *on_existing, *dry_run, *unit, *period, *plan_id, *sha256,
        *separator, *sheet;
};

struct import {
    struct import_terms terms;
    struct sheet_file file; /* borrowed */
    struct import_rows rows;
    char locale[8]; /* by which it was read */
    json_t *faults; /* borrowed; for which it cannot be read */
    char columns[IMPORT_COLUMNS_SIZE];
};

/* The import of a file on these terms. */
struct import import_of(const struct sheet_file *file, const struct import_terms *terms, json_t *faults);

bool import_is_json(const struct import *import);

/* Add what import_start and import_queue want to know of the file. */
void import_add_terms(const struct import *import, struct db_call *call);

/* Run `start`, send the rows, run `finish`, whose arguments are added here.  NULL: the problem says why, or
 * the faults do. */
PGresult *import_load(struct import *import, struct db_call *start, struct db_call *finish,
                      struct problem *problem);

/* A file that was kept -------------------------------------------------------------------------------- */

struct import_source {
    PGresult *rows; /* owned; of import_source */
};

/* Find the file of this number; the call says who asks. */
bool import_source_find(const struct db_call *asks, const char *id, struct import_source *source,
                        struct problem *problem);

/* What a column of import_source says. */
const char *import_source_told(const struct import_source *source, const char *column);

struct sheet_file import_source_file(const struct import_source *source);

/* The terms on which it was kept.  sha256 is filled and pointed to. */
struct import_terms import_source_terms(const struct import_source *source, char sha256[IMPORT_HEX_SIZE]);

void import_source_release(struct import_source *source);
#define import_source_auto_t __attribute__((cleanup(import_source_release))) struct import_source
