/* rows_json: whatever PostgreSQL holds means in JSON what its own row_to_json() says. */
#include "db/rows_json.h"
#include "db/db.h"
#include <criterion/criterion.h>

static const char random_row[] =
    "with r as (select (random() < 0.5) as b, (random() * 1e9)::int as i, (random() * 1e18)::bigint as l,"
    " (random() * 100)::smallint as h, random() as d, random()::real as f,"
    " round((random() * 1e14)::numeric, (random() * 4)::int) as n, now() - random() * interval '9 years' as t,"
    " (now() - random() * interval '9 years')::timestamp as u, current_date - (random() * 9999)::int as day,"
    " (select string_agg(chr(1 + (random() * 400)::int), '') from generate_series(1, 20)) as s,"
    " json_build_array(random(), null) as j, jsonb_build_object('ớ', random()) as k, null::int as z,"
    " 'NaN'::numeric as nan, 'infinity'::timestamptz as never, gen_random_uuid() as id)"
    "select row_to_json(r)::text as _theirs, r.* from r";

static PGconn *connect_in_hanoi(void)
{
    PGconn *pg = PQconnectdb(getenv("THIDUA_TEST_SERVER"));
    cr_assert_eq(PQstatus(pg), CONNECTION_OK, "%s", PQerrorMessage(pg));
    PQclear(PQexec(pg, "set timezone = 'Asia/Ho_Chi_Minh'"));
    return pg;
}

Test(rows_json, means_what_row_to_json_means, .timeout = 60)
{
    PGconn *pg = connect_in_hanoi();
    for (int i = 0; i < 2000; i++) {
        pgresult_auto_t *rows = PQexec(pg, random_row);
        buf_auto_t ours = {0};
        rows_json_object(&ours, rows, 0);
        const char *theirs = rows_told(rows, 0, "_theirs");
        json_auto_t *a = json_loads(ours.text, 0, NULL), *b = json_loads(theirs, 0, NULL);
        cr_assert(a && b && json_equal(a, b), "\nours   %s\ntheirs %s", ours.text, theirs);
    }
    PQfinish(pg);
}

static void expect_written(const char *sql, const char *expected)
{
    PGconn *pg = connect_in_hanoi();
    pgresult_auto_t *rows = PQexec(pg, sql);
    buf_auto_t out = {0};
    rows_json_list(&out, rows, rows_next(rows));
    cr_expect_str_eq(out.text, expected);
    PQfinish(pg);
}

Test(rows_json, keeps_every_digit)
{
    expect_written(
        "select 9007.4 as a, 3027::bigint as b, 0.10 as c, 12345678901234567890.12345 as d",
        "{\"items\":[{\"a\":9007.4,\"b\":3027,\"c\":0.10,\"d\":12345678901234567890.12345}],\"next\":null}");
}

Test(rows_json, writes_moments_with_their_offset)
{
    expect_written(
        "select timestamptz '2022-03-14 10:00:00Z' as a, timestamp '2022-03-14 10:00:00.5' as b",
        "{\"items\":[{\"a\":\"2022-03-14T17:00:00+07:00\",\"b\":\"2022-03-14T10:00:00.5\"}],\"next\":null}");
}

Test(rows_json, takes_next_from_the_last_row)
{
    expect_written("select n, 'page ' || n as _next from generate_series(1, 2) n",
                   "{\"items\":[{\"n\":1},{\"n\":2}],\"next\":\"page 2\"}");
    expect_written("select 1 as n where false", "{\"items\":[],\"next\":null}");
}
