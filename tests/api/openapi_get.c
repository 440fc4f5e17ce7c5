/* openapi_get: GET /openapi.yaml: the contract. */
#include "queries.h"
#include "support/expect.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(openapi_get, .init = world_open, .fini = world_close, .timeout = 30);

Test(openapi_get, gives_the_contract_to_anybody)
{
    struct answer contract = get("/openapi.yaml", NULL);
    cr_expect_eq(contract.status, 200);
    cr_expect_str_eq(contract.type, "application/yaml");
    cr_expect_not_null(strstr(contract.text, "openapi: 3.0"));
    cr_expect_str_eq(contract.text, openapi_yaml, "to the last byte");
}

Test(openapi_get, does_not_care_who_asks)
{
    cr_expect_eq(get("/openapi.yaml", "expired").status, 200);
    cr_expect_eq(get("/openapi.yaml", "disabled").status, 200);
    cr_expect_eq(get("/openapi.yaml", "loku").status, 200);
}

Test(openapi_get, is_read_only)
{
    struct answer no = ask("PUT", "/openapi.yaml", "admin", "{}");
    expect_problem(no, 405, "method-not-allowed");
    cr_expect_str_eq(no.allow, "GET, HEAD, OPTIONS");
}
