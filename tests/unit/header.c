/* header: reading the headers of a request. */
#include "http/header.h"
#include "base/auto.h"
#include <criterion/criterion.h>
#include <string.h>

struct wish {
    char header[80], option[24];
    int quality;
};

static const struct wish wishes[] = {
    {"en", "en", 1000},
    {"en-GB", "en", 1000},
    {"EN-us;q=0.8, vi;q=0.9", "en", 800},
    {"EN-us;q=0.8, vi;q=0.9", "vi", 900},
    {"en;q=0.1, en-GB;q=0.9", "en", 100},
    {"*", "vi", 1000},
    {"*;q=0.5, en", "vi", 500},
    {"fr", "vi", 0},
    {"", "vi", 0},
    {"vi;q=0", "vi", 0},
    {"vi;q=1.0", "vi", 1000},
    {"vi;q=1.5", "vi", 0},
    {"vi;q=0.1234", "vi", 123},
    {"vi;q=", "vi", 0},
    {" ,, vi ; level=1 ;q=0.25 ,", "vi", 250},
    {"english", "en", 0},
    {"text/html, */*;q=0.8", "application/json", 800},
    {"text/html, */*;q=0.8", "text/html", 1000},
    {"text/*;q=0.3", "text/html", 300},
    {"text/*;q=0.3", "application/json", 0},
    {"application/json;q=0", "application/json", 0},
};

static void expect_quality(const struct wish *it)
{
    int quality = header_quality(it->header, it->option);
    cr_expect_eq(quality, it->quality, "%s / %s: %d", it->header, it->option, quality);
}

Test(header, weighs_what_is_wanted)
{
    for (size_t i = 0; i < COUNT(wishes); i++)
        expect_quality(&wishes[i]);
}

Test(header, wants_everything_when_it_is_absent)
{
    cr_expect_eq(header_quality(NULL, "vi"), 1000);
}

Test(header, knows_json)
{
    cr_expect(header_is_json("application/json"));
    cr_expect(header_is_json("Application/JSON; charset=UTF-8"));
    cr_expect(header_is_json("application/json;charset=\"utf-8\" "));
    cr_expect_not(header_is_json(NULL));
    cr_expect_not(header_is_json("text/json"));
    cr_expect_not(header_is_json("application/json; charset=latin1"));
    cr_expect_not(header_is_json("application/jsonp"));
    cr_expect_not(header_is_json("application/json; charset=\"utf-8"));
    cr_expect_not(header_is_json("application/json;"));
}

Test(header, takes_bearer_tokens)
{
    char token[16];
    cr_assert(header_bearer("Bearer abc-_9.~+/=", token, sizeof token));
    cr_expect_str_eq(token, "abc-_9.~+/=");
    cr_expect(header_bearer("bearer  x", token, sizeof token));
    cr_expect_not(header_bearer("Basic abc", token, sizeof token));
    cr_expect_not(header_bearer("Bearer ", token, sizeof token));
    cr_expect_not(header_bearer("Bearer a b", token, sizeof token));
    cr_expect_not(header_bearer("Bearer 0123456789abcdef", token, sizeof token));
}

Test(header, takes_one_cookie)
{
    char token[16];
    cr_assert(header_cookie("a=1; thidua_session=xyz; b=2", "thidua_session", token, sizeof token));
    cr_expect_str_eq(token, "xyz");
    cr_expect_not(header_cookie("xthidua_session=xyz", "thidua_session", token, sizeof token));
    cr_expect_not(header_cookie("thidua_session", "thidua_session", token, sizeof token));
    cr_expect_not(header_cookie("thidua_session=", "thidua_session", token, sizeof token));
    cr_expect_not(header_cookie("thidua_session=a\"b", "thidua_session", token, sizeof token));
    cr_expect_not(header_cookie(";;; ", "thidua_session", token, sizeof token));
}

Test(header, knows_etags_request_ids_and_origins)
{
    cr_expect(header_is_etag("\"12-3\""));
    cr_expect_not(header_is_etag("12-3"));
    cr_expect_not(header_is_etag("W/\"12-3\""));
    cr_expect_not(header_is_etag("\"1\", \"2\""));
    cr_expect_not(header_is_etag("*"));
    cr_expect_not(header_is_etag("\"\""));
    cr_expect(header_is_request_id("0123-abc._X"));
    cr_expect_not(header_is_request_id("short"));
    cr_expect_not(header_is_request_id("with space here"));
    cr_expect(header_is_same_origin("https://thidua.vn:8080", "thidua.vn:8080"));
    cr_expect_not(header_is_same_origin("https://evil.vn", "thidua.vn"));
    cr_expect_not(header_is_same_origin("null", "null"));
    cr_expect_not(header_is_same_origin("https://", ""));
    cr_expect_not(header_is_same_origin("https://x", NULL));
}

Test(header, knows_what_is_preferred)
{
    static const char *const async = "respond-async";
    static const char *const yes[] = {"respond-async",
                                      "Respond-Async",
                                      " wait=10 , respond-async ",
                                      "respond-async; foo=1",
                                      "return=minimal; a=\"x, y\", respond-async",
                                      "handling=lenient,,respond-async,wait=1"};
    static const char *const no[] = {"",
                                     "wait=10",
                                     "respond-asynchronous",
                                     "respond",
                                     "respond-async=no",
                                     "respond-async = no",
                                     "a=\"respond-async\"",
                                     "a=\"x, respond-async\"",
                                     "foo; respond-async"};
    for (size_t i = 0; i < COUNT(yes); i++)
        cr_expect(header_prefers(yes[i], async), "%s", yes[i]);
    for (size_t i = 0; i < COUNT(no); i++)
        cr_expect_not(header_prefers(no[i], async), "%s", no[i]);
    cr_expect_not(header_prefers(NULL, async));
}
