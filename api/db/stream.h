/* stream.h: a query whose rows are taken one by one as they come, so that none of them stay in memory.
 *
 *     session_open (who is calling)  +  stream_open (its time)  +  the query  +  sync
 *
 * In one transaction and one round trip, as db_run().  The connection is busy until the last row was taken:
 * put them away quickly, into a file, and let whoever reads slowly read that.
 */
#pragma once
#include "db/db.h"

struct db_sink {
    /* The columns; rows follow.  It comes again when the query is run again: start anew.  False: give up. */
    bool (*columns)(const PGresult *rows, void *data);
    /* One row, number 0 of the result.  False: give up; no further row comes. */
    bool (*row)(const PGresult *row, void *data);
    void *data;
};

/* Run a call that reads.  True: all rows went to the sink.  False with the problem set, as db_run(); or with
 * none, when the sink gave up. */
bool db_stream(const struct db_call *call, const struct db_sink *sink, struct problem *problem) MUST_CHECK;
