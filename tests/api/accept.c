/* Accept: what the database answers is JSON, and whoever wants something else is told so. */
#include "routes.h"
#include "support/world.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(accept, .init = world_open, .fini = world_close, .timeout = 60);

/* The path with something in each placeholder's place. */
static void fill(const char *path, struct buf *out)
{
    for (const char *c = path; *c; c++) {
        if (*c == '{') {
            buf_addc(out, '1');
            c = strchr(c, '}');
        } else {
            buf_addc(out, *c);
        }
    }
}

Test(accept, of_html_alone_is_not_acceptable_where_there_is_json_alone)
{
    for (size_t i = 0; i < routes.count; i++) {
        const struct route *route = &routes.routes[i];
        if (route->query == NO_QUERY)
            continue;
        buf_auto_t path = {0};
        fill(route->path, &path);
        struct answer html = ask_with(route->method, path.text, "loku", NULL, "Accept: text/html");
        cr_expect_eq(html.status, 406, "%s: %d", route->operation, html.status);
        cr_expect_str_eq(at(&html, "/code"), "not-acceptable", "%s", route->operation);
    }
}
