/* problem_page.c: what each kind of problem means and what to do: a page for people, JSON for programs. */
#include "domain/operations.h"
#include "http/header.h"

static bool wants_page(const struct request *rq)
{
    const char *accept = request_header(rq, "Accept");
    return accept && header_quality(accept, "text/html") > header_quality(accept, "application/json");
}

static void start_page(const char *title, const struct request *rq, struct buf *page)
{
    buf_addf(page,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
             language_tag(rq->language));
    buf_add_html(page, title);
    buf_adds(page,
             "</title>\n<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;"
             "padding:0 1rem}</style>\n</head>\n<body>\n<h1>");
    buf_add_html(page, title);
    buf_adds(page, "</h1>\n");
}

static void end_page(struct reply *rp)
{
    buf_adds(&rp->body, "</body>\n</html>\n");
    rp->type = "text/html; charset=utf-8";
}

static void add_paragraph(struct buf *page, const char *text)
{
    buf_adds(page, "<p>");
    buf_add_html(page, text);
    buf_adds(page, "</p>\n");
}

static void add_member(struct buf *out, const char *name, const char *text)
{
    buf_addf(out, ",\"%s\":", name);
    buf_add_quoted(out, text);
}

static void add_object(struct buf *out, enum problem_kind kind, enum language language)
{
    const struct problem_text *text = problem_text(kind);
    buf_addf(out, "{\"type\":\"/problems/%s\",\"code\":\"%s\",\"status\":%d,\"retryable\":%s", text->slug,
             text->slug, text->status, text->retryable ? "true" : "false");
    add_member(out, "title", text->title[language]);
    add_member(out, "detail", text->detail[language]);
    add_member(out, "advice", text->advice[language]);
    buf_addc(out, '}');
}

static void write_page(const struct request *rq, enum problem_kind kind, struct reply *rp)
{
    const struct problem_text *text = problem_text(kind);
    start_page(text->title[rq->language], rq, &rp->body);
    add_paragraph(&rp->body, text->detail[rq->language]);
    add_paragraph(&rp->body, text->advice[rq->language]);
    buf_addf(&rp->body, "<p><small>HTTP %d · %s</small></p>\n", text->status, text->slug);
    end_page(rp);
}

static void write_list_page(const struct request *rq, struct reply *rp)
{
    start_page(rq->language == EN ? "Problems" : "Các lỗi có thể gặp", rq, &rp->body);
    buf_adds(&rp->body, "<ul>\n");
    for (enum problem_kind kind = PROBLEM_none + 1; kind < PROBLEM_COUNT; kind++) {
        const struct problem_text *text = problem_text(kind);
        buf_addf(&rp->body, "<li><a href=\"/problems/%s\">%d %s</a></li>\n", text->slug, text->status,
                 text->title[rq->language]);
    }
    buf_adds(&rp->body, "</ul>\n");
    end_page(rp);
}

static void write_list(const struct request *rq, struct reply *rp)
{
    buf_adds(&rp->body, "{\"items\":[");
    for (enum problem_kind kind = PROBLEM_none + 1; kind < PROBLEM_COUNT; kind++) {
        buf_adds(&rp->body, kind > PROBLEM_none + 1 ? "," : "");
        add_object(&rp->body, kind, rq->language);
    }
    buf_adds(&rp->body, "],\"next\":null}");
}

bool problem_list(struct request *rq, struct reply *rp, struct problem *problem)
{
    (void)problem;
    rp->status = 200;
    if (wants_page(rq))
        write_list_page(rq, rp);
    else
        write_list(rq, rp);
    return true;
}

bool problem_get(struct request *rq, struct reply *rp, struct problem *problem)
{
    enum problem_kind kind = problem_of_slug(rq->path_value[0]);
    if (kind == PROBLEM_none)
        return problem_set(problem, PROBLEM_not_found, NULL);
    rp->status = 200;
    if (wants_page(rq))
        write_page(rq, kind, rp);
    else
        add_object(&rp->body, kind, rq->language);
    return true;
}
