/* The query string: either every value is clean, or a problem says why not. */
#include "http/params.h"
#include "base/form.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"unit!", "limit", "as_of", "q", "level", NULL};
    const char *value[5] = {NULL};
    problem_auto_t problem = {0};
    str_auto_t *query = fuzz_text(data, size);
    bool good = params_read(query, names, value, &problem);
    HOLDS(good == (problem.kind == PROBLEM_none));
    HOLDS(good == (json_array_size(problem.errors) == 0));
    for (int i = 0; good && i < 5; i++)
        HOLDS(!value[i] || (text_length(value[i]) >= 0 && !form_has_control(value[i], "")));
    HOLDS(!good || value[0]);
    buf_auto_t document = {0};
    if (!good)
        problem_write(&document, &problem, VI, "x");
    return 0;
}
