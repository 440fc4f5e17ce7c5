/* audit_chain.c: is a dump of the record of changes whole? */
#include "domain/audit_chain.h"
#include <ctype.h>
#include <sodium.h>
#include <string.h>

enum {
    HASH_BYTES = crypto_hash_sha256_BYTES,
    HEX_DIGITS = 2 * HASH_BYTES,
    CHAIN_SIZE = 96,
    KEY_SIZE = CHAIN_SIZE + 24
};

/* What stands around the two hashes and the row. */
static const char opening[] = "{\"hash\":\"", between[] = "\",\"digest\":\"",
                  before_row[] = "\",\"row\":", ending[] = "}\n";
enum {
    HASH_AT = sizeof opening - 1,
    BETWEEN_AT = HASH_AT + HEX_DIGITS,
    DIGEST_AT = BETWEEN_AT + sizeof between - 1,
    BEFORE_ROW_AT = DIGEST_AT + HEX_DIGITS,
    ROW_AT = BEFORE_ROW_AT + sizeof before_row - 1,
    ENDING_LENGTH = sizeof ending - 1,
};

/* A line, and which row it claims to be. */
struct row {
    long line;
    const char *text; /* the whole line */
    size_t length;    /* of the row within it */
    char chain[CHAIN_SIZE];
    json_int_t seq, id;
};

/* The last sound row. */
struct last {
    char chain[CHAIN_SIZE];
    json_int_t seq;
    unsigned char hash[HASH_BYTES];
};

static bool broken(struct audit_verdict *verdict, const struct row *row, const char *why)
{
    snprintf(verdict->fault, sizeof verdict->fault,
             "line %ld: %s, row %" JSON_INTEGER_FORMAT " (id %" JSON_INTEGER_FORMAT "): %s", row->line,
             row->chain, row->seq, row->id, why);
    return false;
}

static bool unreadable(struct audit_verdict *verdict, long line, const char *why)
{
    snprintf(verdict->fault, sizeof verdict->fault, "line %ld: %s", line, why);
    return false;
}

static bool stands_at(const char *text, size_t place, const char *what)
{
    return memcmp(text + place, what, strlen(what)) == 0;
}

static bool has_the_form(const char *line, size_t length)
{
    return length > ROW_AT + ENDING_LENGTH && stands_at(line, 0, opening)
           && stands_at(line, BETWEEN_AT, between) && stands_at(line, BEFORE_ROW_AT, before_row)
           && stands_at(line, length - ENDING_LENGTH, ending);
}

static bool read_place(struct row *row)
{
    json_auto_t *json = json_loadb(row->text + ROW_AT, row->length, JSON_REJECT_DUPLICATES, NULL);
    const char *chain = NULL;
    if (json_unpack(json, "{s:s, s:I, s:I}", "chain", &chain, "seq", &row->seq, "id", &row->id) != 0
        || strlen(chain) >= CHAIN_SIZE)
        return false;
    snprintf(row->chain, sizeof row->chain, "%s", chain);
    return true;
}

static bool says(const struct row *row, size_t place, const unsigned char hash[HASH_BYTES])
{
    char hex[HEX_DIGITS + 1];
    sodium_bin2hex(hex, sizeof hex, hash, HASH_BYTES);
    return memcmp(row->text + place, hex, HEX_DIGITS) == 0;
}

/* Chains come one after the other in the order of their bytes, so that none can come twice. */
static bool take_place(const struct row *row, struct last *last, struct audit_verdict *verdict)
{
    int order = strcmp(row->chain, last->chain);
    if (order < 0)
        return broken(verdict, row, "its chain has ended before");
    if (order > 0) {
        *last = (struct last){0};
        memcpy(last->chain, row->chain, CHAIN_SIZE);
        verdict->chains++;
    }
    if (row->seq <= last->seq)
        return broken(verdict, row, "it is there twice, or not in its place");
    if (row->seq > last->seq + 1) {
        struct row missing = *row;
        missing.seq = last->seq + 1;
        return broken(verdict, &missing,
                      "the row is missing; the line and id are those of the one that follows");
    }
    last->seq = row->seq;
    return true;
}

static void link_to(const unsigned char digest[HASH_BYTES], struct last *last)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, last->hash, HASH_BYTES);
    crypto_hash_sha256_update(&state, digest, HASH_BYTES);
    crypto_hash_sha256_final(&state, last->hash);
}

static void name_head(const char *chain, json_int_t seq, char key[KEY_SIZE])
{
    snprintf(key, KEY_SIZE, "%s %" JSON_INTEGER_FORMAT, chain, seq);
}

/* True where no head was published, too. */
static bool is_as_published(const struct last *last, json_t *heads, struct audit_verdict *verdict)
{
    char key[KEY_SIZE], hex[HEX_DIGITS + 1];
    name_head(last->chain, last->seq, key);
    const char *published = json_string_value(json_object_get(heads, key));
    if (!published)
        return true;
    sodium_bin2hex(hex, sizeof hex, last->hash, HASH_BYTES);
    bool same = strcmp(published, hex) == 0;
    json_object_del(heads, key);
    verdict->heads += same;
    return same;
}

static bool check(struct row *row, struct last *last, json_t *heads, struct audit_verdict *verdict)
{
    unsigned char digest[HASH_BYTES];
    if (!read_place(row))
        return unreadable(verdict, row->line, "its row is no row of the record of changes");
    crypto_hash_sha256(digest, (const unsigned char *)row->text + ROW_AT, row->length);
    if (!says(row, DIGEST_AT, digest))
        return broken(verdict, row, "it is not what was recorded: another digest");
    if (!take_place(row, last, verdict))
        return false;
    link_to(digest, last);
    if (!says(row, HASH_AT, last->hash))
        return broken(verdict, row, "it does not follow from the row before it: another hash");
    if (!is_as_published(last, heads, verdict))
        return broken(verdict, row, "it is not the head that was published");
    verdict->rows++;
    return true;
}

/* What is left was published, and is not there. */
static bool all_were_met(json_t *heads, struct audit_verdict *verdict)
{
    const char *key = json_object_iter_key(json_object_iter(heads));
    if (key)
        snprintf(
            verdict->fault, sizeof verdict->fault,
            "%s: this head was published, and the dump has no such row: rows are missing at the end of the chain",
            key);
    return !key;
}

bool audit_verify(FILE *dump, json_t *heads, struct audit_verdict *verdict)
{
    str_auto_t *line = NULL;
    size_t size = 0;
    struct last last = {0};
    *verdict = (struct audit_verdict){0};
    for (ssize_t length; (length = getline(&line, &size, dump)) > 0;) {
        struct row row = {.line = verdict->rows + 1, .text = line};
        if (!has_the_form(line, (size_t)length))
            return unreadable(verdict, row.line, "it is no whole line of a dump");
        row.length = (size_t)length - ROW_AT - ENDING_LENGTH;
        if (!check(&row, &last, heads, verdict))
            return false;
    }
    if (ferror(dump))
        return unreadable(verdict, verdict->rows + 1, "it cannot be read");
    return all_were_met(heads, verdict);
}

static bool add_head(json_t *heads, const json_t *item)
{
    const char *chain = NULL, *hash = NULL;
    char key[KEY_SIZE];
    json_int_t seq = 0;
    if (json_unpack((json_t *)item, "{s:s, s:I, s:s}", "chain", &chain, "seq", &seq, "hash", &hash) != 0
        || strlen(chain) >= CHAIN_SIZE)
        return false;
    name_head(chain, seq, key);
    const char *known = json_string_value(json_object_get(heads, key));
    return known ? strcmp(known, hash) == 0 : json_object_set_new(heads, key, json_string(hash)) == 0;
}

static bool add_heads(json_t *heads, const json_t *value)
{
    const json_t *items = json_object_get(value, "items"), *item;
    size_t i;
    if (!items)
        return add_head(heads, value);
    json_array_foreach(items, i, item) if (!add_head(heads, item)) return false;
    return json_is_array(items);
}

static bool is_at_end(FILE *file)
{
    int c;
    do
        c = getc(file);
    while (isspace(c));
    return ungetc(c, file) == EOF;
}

json_t *audit_heads_read(FILE *file)
{
    json_auto_t *heads = json_object();
    while (!is_at_end(file)) {
        json_auto_t *value = json_loadf(file, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, NULL);
        if (!value || !add_heads(heads, value))
            return NULL;
    }
    return give(&heads);
}
