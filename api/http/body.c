/* body.c: the body of a request. */
#include "http/body.h"
#include "http/header.h"
#include <string.h>
#include <strings.h>

#define FILE_TYPES "application/json, " MEDIA_CSV ", " MEDIA_XLSX

/* Move past a string that starts at i, to its closing quote or the end. */
static size_t skip_string(const char *text, size_t length, size_t i)
{
    for (i++; i < length && text[i] != '"'; i++)
        if (text[i] == '\\')
            i++;
    return i;
}

bool body_is_shallow(const char *text, size_t length)
{
    int depth = 0;
    for (size_t i = 0; i < length && depth <= BODY_DEPTH_MAX; i++) {
        char c = text[i];
        if (c == '"')
            i = skip_string(text, length, i);
        else if (c == '[' || c == '{')
            depth++;
        else if (c == ']' || c == '}')
            depth--;
    }
    return depth <= BODY_DEPTH_MAX;
}

static const char *fault_of(enum json_error_code code)
{
    switch (code) {
    case json_error_duplicate_key: return "duplicate-member";
    case json_error_invalid_utf8: return "not-utf-8";
    case json_error_null_character:
    case json_error_null_byte_in_key: return "nul-character";
    case json_error_premature_end_of_input: return "cut-short";
    default: return "syntax";
    }
}

static json_t *position(const json_error_t *error)
{
    return json_pack("{s:i, s:i}", "line", error->line, "column", error->column);
}

static bool refuse(const char *code, const json_error_t *where, struct problem *problem)
{
    problem_set_fault(problem, PROBLEM_malformed_json, fault_new("pointer", "", code, position(where)));
    if (problem->kind == PROBLEM_malformed_json && !problem->params)
        problem->params = position(where);
    return false;
}

static bool refuse_json(const json_error_t *error, struct problem *problem)
{
    enum json_error_code code = json_error_code(error);
    if (code == json_error_numeric_overflow)
        return problem_set(problem, PROBLEM_number_out_of_range, position(error));
    return refuse(fault_of(code), error, problem);
}

/* What Jansson would not say, or not clearly. */
static bool is_plausible(const char *text, size_t length, struct problem *problem)
{
    static const json_error_t start = {.line = 1, .column = 1};
    if (length == 0)
        return refuse("empty", &start, problem);
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        return refuse("byte-order-mark", &start, problem);
    if (memchr(text, '\0', length))
        return refuse("nul-character", &start, problem);
    if (!body_is_shallow(text, length))
        return problem_set(problem, PROBLEM_nested_too_deeply, json_pack("{s:i}", "max", BODY_DEPTH_MAX));
    return true;
}

json_t *body_parse(const char *text, size_t length, struct problem *problem)
{
    json_error_t error;
    if (!is_plausible(text, length, problem))
        return NULL;
    json_auto_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) {
        refuse_json(&error, problem);
        return NULL;
    }
    if (!json_is_object(json)) {
        json_t *expected = json_pack("{s:[s], s:s}", "expected", "object", "found",
                                     json_is_array(json) ? "array" : "scalar");
        problem_set_fault(problem, PROBLEM_invalid_content, fault_new("pointer", "", "wrong-type", expected));
        return NULL;
    }
    return give(&json);
}

static bool has_body(const struct request *rq)
{
    const char *length = request_header(rq, "Content-Length");
    return (length && strcmp(length, "0") != 0) || request_header(rq, "Transfer-Encoding");
}

/* A GET may carry a body, which means nothing; elsewhere it is a mistake worth telling. */
static bool want_none(const struct request *rq, struct problem *problem)
{
    if (strcmp(rq->route->method, "GET") == 0 || !has_body(rq))
        return true;
    return problem_set(problem, PROBLEM_unexpected_body, NULL);
}

/* Is it declared as one of the files that can be read?  What it really is shows when it is. */
static bool is_file(struct request *rq)
{
    static const char *const types[] = {"application/json", MEDIA_CSV, MEDIA_XLSX};
    const char *type = request_header(rq, "Content-Type");
    for (size_t i = 0; type && i < COUNT(types); i++) {
        size_t length = strlen(types[i]);
        if (strncasecmp(type, types[i], length) == 0 && strchr(" ;", type[length]))
            rq->media_type = types[i];
    }
    return rq->media_type;
}

static bool is_acceptable(struct request *rq, struct problem *problem)
{
    if (!has_body(rq) && !request_header(rq, "Content-Length"))
        return problem_set(problem, PROBLEM_length_required, NULL);
    if (rq->raw->binary_body_length > rq->route->body_max)
        return problem_set(problem, PROBLEM_content_too_large,
                           json_pack("{s:I}", "max_bytes", (json_int_t)rq->route->body_max));
    bool takes_files = rq->route->flags & FILE_BODY;
    bool wanted = takes_files ? is_file(rq) : header_is_json(request_header(rq, "Content-Type"));
    return (wanted && !request_header(rq, "Content-Encoding"))
           || problem_set(problem, PROBLEM_unsupported_media_type,
                          json_pack("{s:s}", "expected", takes_files ? FILE_TYPES : "application/json"));
}

static void take_fingerprint(struct request *rq, const char *text, size_t length)
{
    buf_auto_t asked = {0};
    secret_hash_bytes(text, length, rq->body_sha256);
    buf_addf(&asked, "%s %s\n", rq->raw->http_verb, rq->raw->http_url);
    buf_add(&asked, (const char *)rq->body_sha256, SHA256_BYTES);
    secret_hash_bytes(asked.text, asked.len, rq->fingerprint);
}

bool body_read(struct request *rq, struct problem *problem)
{
    if (!route_takes_body(rq->route))
        return want_none(rq, problem);
    if (!is_acceptable(rq, problem))
        return false;

    const char *text = rq->raw->binary_body ? rq->raw->binary_body : "";
    size_t length = rq->raw->binary_body_length;
    take_fingerprint(rq, text, length);
    if (rq->route->flags & FILE_BODY)
        return true;
    rq->json = body_parse(text, length, problem);
    if (!rq->json)
        return false;
    rq->body = strndup(text, length);
    rq->faults = json_array();
    if (!rq->body || !rq->faults)
        return problem_set(problem, PROBLEM_internal, NULL);
    shape_check(rq->json, rq->route->body, rq->faults);
    return true;
}
