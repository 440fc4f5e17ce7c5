/* receipt_get: every accepted write is proved by what the service signed. */
#include "support/expect.h"
#include "support/plan.h"
#include "support/proof.h"
#include <criterion/criterion.h>
#include <string.h>

TestSuite(receipt_get, .init = world_open, .fini = world_close, .timeout = 30);

Test(receipt_get, proves_what_was_sent)
{
    const char *body = plan_body("kbang-lo-ku", "2022-03", "");
    struct answer made = ask("POST", "/v1/submissions", "loku", body);
    struct answer receipt = get(text_of("/v1/receipts/%s", at(&made, "/receipt/id")), "loku");
    cr_expect_eq(receipt.status, 200);
    cr_expect_str_eq(at(&receipt, "/sha256"), sha256_of(body));
    cr_expect_str_eq(at(&receipt, "/operation"), "submission_create");
    cr_expect_str_eq(at(&receipt, "/account"), "loku");
    cr_expect(proof_is_signed(&receipt), "%s", receipt.text);
    static const char *const members[] = {"id", "operation", "sha256", "received_at", "signature"};
    for (size_t i = 0; i < COUNT(members); i++)
        cr_expect_str_eq(at(&receipt, text_of("/%s", members[i])),
                         at(&made, text_of("/receipt/%s", members[i])));
}

Test(receipt_get, is_the_senders_own)
{
    struct answer made = ask("POST", "/v1/submissions", "loku", plan_body("kbang-lo-ku", "2022-03", ""));
    const char *path = text_of("/v1/receipts/%s", at(&made, "/receipt/id"));
    static const char *const others[] = {"loku-lead", "konpne", "kbang", "province", "admin"};
    for (size_t i = 0; i < COUNT(others); i++)
        expect_problem(get(path, others[i]), 404, "not-found");
    expect_problem(get("/v1/receipts/999999", "loku"), 404, "not-found");
}

Test(receipt_get, is_there_for_every_change_and_for_nothing_else)
{
    long id = plan_draft(&lo_ku, "2022-Q2", "");
    struct answer changed =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("grain_output=1"), plan_if_match(id));
    struct answer refused =
        ask_with("PATCH", plan_path(id, ""), "loku", plan_change("grain_output=2"), "If-Match: \"0-0\"");
    cr_expect_eq(changed.status, 200);
    cr_expect_eq(refused.status, 412);
    cr_expect_str_eq(at(&changed, "/receipt/operation"), "submission_update");
    cr_expect_str_eq(world_value("select count(*) from app.receipt"), "2");
    cr_expect_lt(strlen(changed.text), 500, "a changed value costs few bytes on a bad network: %s",
                 changed.text);
}
