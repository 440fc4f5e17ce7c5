/* audit_verify: a dump that was touched is found, and told where; without a database. */
#include "base/buf.h"
#include "base/secret.h"
#include "domain/audit_chain.h"
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

enum { LINES_MAX = 16, HASH_BYTES = 32 };

static void start(void)
{
    cr_assert(secret_start());
}

TestSuite(audit_verify, .init = start, .timeout = 120);

/* The rows of one chain after the other, and where the chain stands. */
struct dump {
    char *line[LINES_MAX];
    int lines;
    unsigned char hash[HASH_BYTES];
    int seq;
    json_t *heads;
};

static void hash_row(const char *row, unsigned char hash[HASH_BYTES], char line[])
{
    unsigned char both[2 * HASH_BYTES];
    char digest_hex[65], hash_hex[65];
    memcpy(both, hash, HASH_BYTES);
    crypto_hash_sha256(both + HASH_BYTES, (const unsigned char *)row, strlen(row));
    crypto_hash_sha256(hash, both, sizeof both);
    sodium_bin2hex(digest_hex, sizeof digest_hex, both + HASH_BYTES, HASH_BYTES);
    sodium_bin2hex(hash_hex, sizeof hash_hex, hash, HASH_BYTES);
    sprintf(line, "{\"hash\":\"%s\",\"digest\":\"%s\",\"row\":%s}\n", hash_hex, digest_hex, row);
}

static void add_chain(struct dump *dump, const char *chain, int rows)
{
    memset(dump->hash, 0, HASH_BYTES);
    for (int seq = 1; seq <= rows; seq++) {
        char row[600], line[800], hash[65];
        snprintf(row, sizeof row,
                 "{\"at\": \"2022-03-14T10:00:0%d.000001Z\", \"id\": %d, \"seq\": %d, \"after\": {\"note\": "
                 "\"Lơ Ku\", \"value\": 780.0}, \"chain\": \"%s\", \"action\": \"insert\", \"before\": null, "
                 "\"db_role\": \"thidua_api\", \"request\": \"x-%d\", \"unit_id\": 7, \"account_id\": 3, "
                 "\"table_name\": \"submission_value\"}",
                 seq, 100 + dump->lines, seq, chain, seq);
        hash_row(row, dump->hash, line);
        dump->line[dump->lines++] = strdup(line);
        sodium_bin2hex(hash, sizeof hash, dump->hash, HASH_BYTES);
        if (seq == rows)
            json_object_set_new(dump->heads, chain,
                                json_pack("{s:s, s:i, s:s}", "chain", chain, "seq", seq, "hash", hash));
    }
}

/* Lines 1 to 2, 3 to 5 and 6 to 9. */
static struct dump three_chains(void)
{
    struct dump dump = {.heads = json_object()};
    add_chain(&dump, "account:3", 2);
    add_chain(&dump, "unit:kbang-kon-pne", 3);
    add_chain(&dump, "unit:kbang-lo-ku", 4);
    return dump;
}

static void release(struct dump *dump)
{
    for (int i = 0; i < dump->lines; i++)
        free(dump->line[i]);
    json_decref(dump->heads);
}
#define dump_auto_t __attribute__((cleanup(release))) struct dump

static char *joined(const struct dump *dump)
{
    buf_auto_t text = {0};
    size_t length;
    for (int i = 0; i < dump->lines; i++)
        buf_adds(&text, dump->line[i] ? dump->line[i] : "");
    return buf_take(&text, &length);
}

/* "" when whole, else the fault. */
static const char *fault_of_bytes(const char *bytes, size_t length, json_t *heads)
{
    static struct audit_verdict verdict;
    FILE *file = fmemopen((void *)bytes, length, "r");
    cr_assert_not_null(file);
    bool whole = audit_verify(file, heads, &verdict);
    fclose(file);
    cr_assert_eq(whole, verdict.fault[0] == '\0', "%s", verdict.fault);
    return verdict.fault;
}

/* The heads of all chains as they were when the dump was made. */
static json_t *published(const struct dump *dump)
{
    const char *chain;
    json_t *head;
    buf_auto_t text = {0};
    json_object_foreach(dump->heads, chain, head)
    {
        str_auto_t *line = json_dumps(head, JSON_COMPACT);
        buf_addf(&text, "%s\n", line);
    }
    FILE *file = fmemopen(text.text, text.len, "r");
    json_t *heads = audit_heads_read(file);
    fclose(file);
    cr_assert_not_null(heads);
    return heads;
}

static const char *fault_of(const struct dump *dump)
{
    str_auto_t *text = joined(dump);
    return fault_of_bytes(text, strlen(text), NULL);
}

static const char *fault_against_heads(const struct dump *changed, const struct dump *original)
{
    str_auto_t *text = joined(changed);
    json_auto_t *heads = published(original);
    return fault_of_bytes(text, strlen(text), heads);
}

static void expect_said(const char *fault, const char *what)
{
    cr_expect_not_null(strstr(fault, what), "wanted «%s»: «%s»", what, fault);
}

Test(audit_verify, finds_nothing_in_a_dump_as_it_was_written)
{
    dump_auto_t dump = three_chains();
    struct audit_verdict verdict;
    str_auto_t *text = joined(&dump);
    json_auto_t *heads = published(&dump);
    FILE *file = fmemopen(text, strlen(text), "r");
    cr_expect(audit_verify(file, heads, &verdict), "%s", verdict.fault);
    fclose(file);
    cr_expect_eq(verdict.rows, 9);
    cr_expect_eq(verdict.chains, 3);
    cr_expect_eq(verdict.heads, 3);
}

static const struct {
    const char *from, *to;
} fields[] = {
    {"10:00:01.000001Z", "10:00:01.000002Z"},
    {"\"id\": 107", "\"id\": 170"},
    {"\"seq\": 3", "\"seq\": 4"},
    {"Lơ Ku", "Lo Ku"},
    {"780.0", "780.00"},
    {"unit:kbang-lo-ku", "unit:kbang-krong"},
    {"\"insert\"", "\"delete\""},
    {"\"before\": null", "\"before\": {}"},
    {"thidua_api", "thidua_apy"},
    {"\"x-1\"", "null"},
    {"\"unit_id\": 7", "\"unit_id\": 8"},
    {"\"account_id\": 3", "\"account_id\": null"},
    {"submission_value", "submission"},
};

/* The text with the first occurrence replaced; NULL: there is none. */
static char *replaced(const char *text, const char *from, const char *to)
{
    const char *place = strstr(text, from);
    char *made = NULL;
    if (place && asprintf(&made, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from)) < 0)
        abort();
    return made;
}

Test(audit_verify, names_the_row_of_which_a_field_was_altered)
{
    for (size_t i = 0; i < COUNT(fields); i++)
        for (int n = 5; n < 9; n++) {
            dump_auto_t dump = three_chains();
            char *altered = replaced(dump.line[n], fields[i].from, fields[i].to), wanted[64];
            if (!altered)
                continue;
            free(dump.line[n]);
            dump.line[n] = altered;
            snprintf(wanted, sizeof wanted, "line %d: ", n + 1);
            const char *fault = fault_of(&dump);
            expect_said(fault, wanted);
            expect_said(fault, "it is not what was recorded");
        }
}

static void swap(struct dump *dump, int i, int k)
{
    char *line = dump->line[i];
    dump->line[i] = dump->line[k];
    dump->line[k] = line;
}

Test(audit_verify, finds_two_rows_that_were_swapped)
{
    for (int i = 0; i < 9; i++)
        for (int k = i + 1; k < 9; k++) {
            dump_auto_t dump = three_chains();
            swap(&dump, i, k);
            cr_expect_neq(fault_of(&dump)[0], '\0', "lines %d and %d", i + 1, k + 1);
        }
}

static void take_away(struct dump *dump, int line)
{
    free(dump->line[line]);
    dump->line[line] = NULL;
}

/* The last row of a chain, or a whole one, can be taken away so that nobody sees it but who kept the head. */
Test(audit_verify, finds_a_row_that_was_taken_away_and_at_the_end_by_the_head)
{
    for (int i = 0; i < 9; i++) {
        dump_auto_t whole = three_chains();
        dump_auto_t dump = three_chains();
        bool last = i == 1 || i == 4 || i == 8;
        take_away(&dump, i);
        if (last)
            cr_expect_str_eq(fault_of(&dump), "", "line %d", i + 1);
        else
            expect_said(fault_of(&dump), "the row is missing");
        expect_said(fault_against_heads(&dump, &whole), "missing");
    }
}

Test(audit_verify, finds_by_the_head_that_a_chain_is_gone)
{
    dump_auto_t whole = three_chains();
    dump_auto_t dump = three_chains();
    for (int i = 2; i < 5; i++)
        take_away(&dump, i);
    cr_expect_str_eq(fault_of(&dump), "");
    expect_said(fault_against_heads(&dump, &whole), "unit:kbang-kon-pne 3: this head was published");
}

Test(audit_verify, says_which_row_is_missing)
{
    dump_auto_t dump = three_chains();
    take_away(&dump, 6);
    expect_said(fault_of(&dump), "line 7: unit:kbang-lo-ku, row 2 (id 107): the row is missing");
}

/* A forger who makes the digest fit is betrayed by the hash, and one who rewrites all that follows by the
 * head. */
Test(audit_verify, finds_history_that_was_written_anew)
{
    dump_auto_t whole = three_chains();
    dump_auto_t dump = three_chains();
    unsigned char hash[HASH_BYTES] = {0};
    for (int i = 5; i < 9; i++) {
        char forged[900];
        str_auto_t *row = replaced(strstr(dump.line[i], "{\"at\""), "780.0", "781.0");
        row[strlen(row) - 2] = '\0';
        hash_row(row, hash, forged);
        free(dump.line[i]);
        dump.line[i] = strdup(forged);
        if (i < 8)
            expect_said(fault_of(&dump), "it does not follow from the row before it");
    }
    cr_expect_str_eq(fault_of(&dump), "");
    expect_said(fault_against_heads(&dump, &whole),
                "line 9: unit:kbang-lo-ku, row 4 (id 108): it is not the head that was published");
}

/* Whatever is done to whatever byte. */
static void touch_each_byte(const char *text, size_t length)
{
    static const char touches[] = {1, 2, 0x20, (char)0x80};
    str_auto_t *copy = malloc(length);
    memcpy(copy, text, length);
    for (size_t i = 0; i < length; i++)
        for (size_t t = 0; t < COUNT(touches); t++) {
            copy[i] = text[i] ^ touches[t];
            cr_assert_neq(fault_of_bytes(copy, length, NULL)[0], '\0', "byte %zu ^ %d", i, touches[t]);
            copy[i] = text[i];
        }
    for (size_t i = 0; i < length; i++) {
        copy[i] = '\0';
        cr_assert_neq(fault_of_bytes(copy, length, NULL)[0], '\0', "byte %zu is NUL", i);
        copy[i] = text[i];
    }
}

static void remove_each_byte(const char *text, size_t length)
{
    str_auto_t *copy = malloc(length);
    for (size_t i = 0; i < length; i++) {
        memcpy(copy, text, i);
        memcpy(copy + i, text + i + 1, length - i - 1);
        cr_assert_neq(fault_of_bytes(copy, length - 1, NULL)[0], '\0', "byte %zu removed", i);
    }
}

/* Where a line ends, the dump could have ended. */
static void end_at_each_byte(const char *text, size_t length)
{
    for (size_t i = 1; i < length; i++)
        cr_assert_eq(fault_of_bytes(text, i, NULL)[0] == '\0', text[i - 1] == '\n', "ends after %zu bytes",
                     i);
}

Test(audit_verify, finds_any_byte_that_was_touched)
{
    dump_auto_t dump = {.heads = json_object()};
    add_chain(&dump, "account:3", 1);
    add_chain(&dump, "unit:kbang-lo-ku", 2);
    str_auto_t *text = joined(&dump);
    touch_each_byte(text, strlen(text));
    remove_each_byte(text, strlen(text));
    end_at_each_byte(text, strlen(text));
}

Test(audit_verify, refuses_what_is_no_dump)
{
    static const char *const texts[] = {"\n", "{}\n", "[]", "x",
                                        "{\"hash\":\"\",\"digest\":\"\",\"row\":{}}\n"};
    for (size_t i = 0; i < COUNT(texts); i++)
        expect_said(fault_of_bytes(texts[i], strlen(texts[i]), NULL),
                    "line 1: it is no whole line of a dump");
    const char *const rows[] = {
        "{}", "[]", "{\"chain\": \"x\", \"seq\": \"1\", \"id\": 1}",
        "{\"chain\": \"x\", \"seq\": 1, \"seq\": 1, \"id\": 1}",
        ("{\"chain\": \"0123456789012345678901234567890123456789012345678901234567890123456789"
         "0123456789012345678901234567890123456789\", \"seq\": 1, \"id\": 1}")};
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char hash[HASH_BYTES] = {0};
        char line[900];
        hash_row(rows[i], hash, line);
        expect_said(fault_of_bytes(line, strlen(line), NULL), "its row is no row of the record of changes");
    }
}

static int heads_in(const char *text)
{
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    json_auto_t *heads = audit_heads_read(file);
    fclose(file);
    return heads ? (int)json_object_size(heads) : -1;
}

#define A1 "{\"chain\":\"a\",\"seq\":1,\"hash\":\"01\"}"
#define A2 "{\"chain\":\"a\",\"seq\":2,\"hash\":\"02\",\"unit\":null}"

Test(audit_verify, takes_heads_as_they_were_answered_one_day_after_the_other)
{
    cr_expect_eq(heads_in("{\"items\":[" A1 "," A2 "],\"next\":null}"), 2);
    cr_expect_eq(heads_in("{\"items\":[" A1 "],\"next\":null}\n{\"items\":[" A2 "," A1 "],\"next\":null}\n"),
                 2);
    cr_expect_eq(heads_in(A1 "\n" A2), 2);
    cr_expect_eq(heads_in("{\"items\":[]}"), 0);
    cr_expect_eq(heads_in(" \n"), 0);
}

Test(audit_verify, refuses_heads_that_are_none_or_contradict_each_other)
{
    static const char *const texts[] = {"{}",
                                        "[]",
                                        "x",
                                        "{\"items\":{}}",
                                        "{\"items\":[1]}",
                                        A1 "x",
                                        "{\"status\":401,\"title\":\"…\"}",
                                        A1 "{\"chain\":\"a\",\"seq\":1,\"hash\":\"02\"}"};
    for (size_t i = 0; i < COUNT(texts); i++)
        cr_expect_eq(heads_in(texts[i]), -1, "%s", texts[i]);
}
