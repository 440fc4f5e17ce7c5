/* format.c: how the answer is written: JSON, or a list as a table. */
#include "http/format.h"
#include "http/body.h"
#include "http/header.h"
#include "http/params.h"
#include <string.h>

enum { JSON_PAGE_MAX = 500 };

static const struct {
    const char *name, *type, *accepted; /* accepted NULL: by its name alone */
} formats[FORMATS] = {
    [FORMAT_JSON] = {"json", "application/json", "application/json"},
    [FORMAT_CSV] = {"csv", MEDIA_CSV "; charset=utf-8; header=present", MEDIA_CSV},
    [FORMAT_CSV_VI] = {"csv-vi", MEDIA_CSV "; charset=utf-8; header=present", NULL},
    [FORMAT_XLSX] = {"xlsx", MEDIA_XLSX, MEDIA_XLSX},
};

const char *format_type(enum format format)
{
    return formats[format].type;
}

static bool has_formats(const struct route *route)
{
    return param_position("format", route->params) >= 0;
}

static bool refuse(struct problem *problem)
{
    json_t *available = json_array();
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        if (formats[f].accepted)
            json_array_append_new(available, json_string(formats[f].accepted));
    return problem_set(problem, PROBLEM_not_acceptable, json_pack("{s:o}", "available", available));
}

static bool choose_by_accept(struct request *rq, struct problem *problem)
{
    const char *accept = request_header(rq, "Accept");
    int best = 0;
    for (enum format f = FORMAT_JSON; f < FORMATS; f++) {
        int quality = formats[f].accepted ? header_quality(accept, formats[f].accepted) : 0;
        if (quality <= best)
            continue;
        best = quality;
        rq->format = f;
    }
    return best > 0 || refuse(problem);
}

bool format_is_acceptable(struct request *rq, struct problem *problem)
{
    const char *json = formats[FORMAT_JSON].accepted;
    if (has_formats(rq->route)) /* a format that the query names need not be acceptable */
        return strstr(rq->raw->http_url, "format=") || choose_by_accept(rq, problem);
    if (rq->route->query == NO_QUERY || header_quality(request_header(rq, "Accept"), json) > 0)
        return true;
    return problem_set(problem, PROBLEM_not_acceptable, json_pack("{s:[s]}", "available", json));
}

static void choose_by_name(struct request *rq, const char *name)
{
    rq->format = FORMAT_JSON;
    while (strcmp(formats[rq->format].name, name) != 0) /* one of them: params.def knows no other */
        rq->format++;
}

static bool is_page_of_json(const struct request *rq, struct problem *problem)
{
    int at = param_position("limit", rq->route->params);
    if (at < 0 || !rq->param[at] || strtol(rq->param[at], NULL, 10) <= JSON_PAGE_MAX)
        return true;
    json_t *bounds = json_pack("{s:i, s:i}", "low", 1, "high", JSON_PAGE_MAX);
    return problem_set_fault(problem, PROBLEM_malformed_parameter,
                             fault_new("parameter", "limit", "not-an-integer", bounds));
}

bool format_choose(struct request *rq, struct problem *problem)
{
    int at = param_position("format", rq->route->params);
    if (at >= 0 && rq->param[at])
        choose_by_name(rq, rq->param[at]);
    else if (at >= 0 && !choose_by_accept(rq, problem))
        return false;
    return rq->format != FORMAT_JSON || is_page_of_json(rq, problem);
}
