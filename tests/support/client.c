/* client.c: a small HTTP client that hides nothing, and the record of what it saw. */
#include "support/client.h"
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEPT_MAX = 100000, SECONDS = 15 };

static unsigned port;
static char *kept[KEPT_MAX];
static json_t *documents; /* bodies of answers */
static int kept_count;

void client_start(unsigned the_port)
{
    port = the_port;
    documents = json_array();
}

unsigned client_redirect(unsigned the_port)
{
    unsigned before = port;
    port = the_port;
    return before;
}

void client_stop(void)
{
    while (kept_count > 0)
        free(kept[--kept_count]);
    json_decref(documents);
    documents = NULL;
}

char *client_keep(char *text)
{
    cr_assert(text && kept_count < KEPT_MAX);
    return kept[kept_count++] = text;
}

static int connect_to_server(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)port);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = SECONDS},
               sizeof(struct timeval));
    cr_assert(connect(connection, (struct sockaddr *)&address, sizeof address) == 0);
    return connection;
}

/* A server that has seen enough may hang up before it has read everything. */
static void send_all(int connection, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(connection, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        length -= (size_t)sent;
    }
}

static const char *find_header(const char *headers, const char *name, size_t *length)
{
    size_t wanted = strlen(name);
    for (const char *line = strstr(headers, "\r\n"); line && line[2] != '\r'; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, wanted) == 0 && line[wanted] == ':') {
            line += wanted + 1 + strspn(line + wanted + 1, " ");
            *length = strcspn(line, "\r\n");
            return line;
        }
    }
    return NULL;
}

/* Are the headers and the body they announce all there? */
static bool is_complete(const struct buf *got)
{
    const char *end = got->text ? strstr(got->text, "\r\n\r\n") : NULL;
    size_t length = 0;
    const char *announced = end ? find_header(got->text, "Content-Length", &length) : NULL;
    return announced && got->len - (size_t)(end + 4 - got->text) >= strtoul(announced, NULL, 10);
}

static void receive(int connection, bool is_head, struct buf *got)
{
    char piece[16384];
    ssize_t length;
    while ((is_head || !is_complete(got)) && (length = recv(connection, piece, sizeof piece, 0)) > 0)
        buf_add(got, piece, (size_t)length);
}

static const char *kept_header(const char *headers, const char *name)
{
    size_t length = 0;
    const char *value = find_header(headers, name, &length);
    return value ? client_keep(strndup(value, length)) : "";
}

static struct answer read_answer(const char *bytes, size_t length)
{
    struct answer answer = {.type = "", .etag = "", .location = "", .allow = "", .headers = "", .text = ""};
    const char *end = bytes ? strstr(bytes, "\r\n\r\n") : NULL;
    if (!end || sscanf(bytes, "HTTP/1.%*1[01] %3d", &answer.status) != 1)
        return answer;
    size_t head = (size_t)(end + 4 - bytes);
    answer.headers = client_keep(strndup(bytes, head));
    answer.type = kept_header(answer.headers, "Content-Type");
    answer.etag = kept_header(answer.headers, "ETag");
    answer.location = kept_header(answer.headers, "Location");
    answer.allow = kept_header(answer.headers, "Allow");
    answer.length = length - head;
    char *text = client_keep(calloc(1, answer.length + 1));
    memcpy(text, bytes + head, answer.length);
    answer.text = text;
    json_t *json = strstr(answer.type, "json") ? json_loads(answer.text, JSON_DECODE_ANY, NULL) : NULL;
    if (json)
        json_array_append_new(documents, json);
    answer.json = json;
    return answer;
}

static struct answer exchange(const char *bytes, size_t length)
{
    buf_auto_t got = {0};
    int connection = connect_to_server();
    send_all(connection, bytes, length);
    receive(connection, strncmp(bytes, "HEAD", 4) == 0, &got);
    close(connection);
    return read_answer(got.text, got.len);
}

struct answer ask_bytes(const char *bytes, size_t length)
{
    return exchange(bytes, length);
}

struct answer ask_raw(const char *bytes)
{
    return ask_bytes(bytes, strlen(bytes));
}

const char *header_of(const struct answer *answer, const char *name)
{
    return kept_header(answer->headers, name);
}

static bool has_header(const struct wish *wish, const char *name)
{
    return wish->headers && strcasestr(wish->headers, name);
}

static size_t length_of(const struct wish *wish)
{
    return wish->length || !wish->body ? wish->length : strlen(wish->body);
}

static void write_request(const struct wish *wish, struct buf *out)
{
    char token[TOKEN_SIZE];
    buf_addf(out, "%s %s HTTP/1.1\r\nHost: thidua.test\r\nConnection: close\r\n", wish->method, wish->path);
    if (wish->login) {
        world_token(wish->login, token);
        buf_addf(out, "Authorization: Bearer %s\r\n", token);
    }
    if (wish->headers)
        buf_addf(out, "%s\r\n", wish->headers);
    if (strcmp(wish->method, "POST") == 0 && !has_header(wish, "Idempotency-Key:"))
        buf_addf(out, "Idempotency-Key: attempt-%d-%d\r\n", (int)getpid(), kept_count);
    if (wish->body && !has_header(wish, "Content-Type:"))
        buf_adds(out, "Content-Type: application/json\r\n");
    if (wish->body && !has_header(wish, "Content-Length:") && !has_header(wish, "Transfer-Encoding:"))
        buf_addf(out, "Content-Length: %zu\r\n", length_of(wish));
    buf_adds(out, "\r\n");
    buf_add(out, wish->body ? wish->body : "", length_of(wish));
}

/* A JSON body as JSON, another as text. */
static json_t *recorded(const char *text)
{
    json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return json || !text ? json : json_string(text);
}

static json_t *as_text(const char *text)
{
    json_t *string = json_string(text);
    return string ? string : json_string("(not UTF-8)");
}

/* One write() with O_APPEND, so that the lines of parallel tests do not mix. */
static void append(const char *file, const json_t *line)
{
    str_auto_t *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(15));
    buf_auto_t bytes = {0};
    buf_addf(&bytes, "%s\n", text);
    int to = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    cr_assert(to >= 0 && write(to, bytes.text, bytes.len) == (ssize_t)bytes.len);
    close(to);
}

static json_t *headers_of_interest(const struct answer *answer)
{
    static const char *const names[] = {"ETag",
                                        "Location",
                                        "Allow",
                                        "Content-Language",
                                        "WWW-Authenticate",
                                        "X-Request-Id",
                                        "Cache-Control",
                                        "Vary",
                                        "Retry-After",
                                        "Set-Cookie",
                                        "Preference-Applied",
                                        "Link",
                                        "Content-Disposition",
                                        "Total-Count"};
    json_t *headers = json_object();
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = header_of(answer, names[i]);
        if (value[0])
            json_object_set_new(headers, names[i], json_string(value));
    }
    return headers;
}

static void record(const struct wish *wish, const char *operation, const struct answer *answer)
{
    const char *file = getenv("THIDUA_TRAFFIC");
    if (!file || !file[0])
        return;
    json_auto_t *line =
        json_pack("{s:s, s:s, s:o, s:i, s:s, s:o, s:s}", "operation", operation, "method", wish->method,
                  "path", as_text(wish->path), "status", answer->status, "type", answer->type, "headers",
                  headers_of_interest(answer), "test", criterion_current_test->name);
    json_object_set_new(line, "suite", json_string(criterion_current_test->category));
    json_object_set_new(line, "login", wish->login ? json_string(wish->login) : NULL);
    json_object_set_new(line, "request_headers", wish->headers ? json_string(wish->headers) : NULL);
    json_object_set_new(line, "request_body", recorded(wish->body));
    json_object_set(line, "response", (json_t *)answer->json);
    append(file, line);
}

struct answer client_ask(const struct wish *wish, const char *operation)
{
    buf_auto_t request = {0};
    write_request(wish, &request);
    struct answer answer = exchange(request.text, request.len);
    record(wish, operation, &answer);
    return answer;
}

static const json_t *step(const json_t *value, const char *name)
{
    if (json_is_array(value))
        return json_array_get(value, strtoul(name, NULL, 10));
    return json_object_get(value, name);
}

/* Undo RFC 6901's escapes. */
static void unescape(char *name)
{
    char *to = name;
    for (const char *from = name; *from; from++) {
        bool escape = *from == '~' && (from[1] == '0' || from[1] == '1');
        *to++ = escape ? (*++from == '0' ? '~' : '/') : *from;
    }
    *to = '\0';
}

const char *at(const struct answer *answer, const char *pointer)
{
    const json_t *value = answer->json;
    str_auto_t *copy = strdup(pointer);
    char *rest = copy + (*copy == '/');
    for (char *name; *pointer && value && (name = strsep(&rest, "/"));) {
        unescape(name);
        value = step(value, name);
    }
    if (!value)
        return "(absent)";
    if (json_is_string(value))
        return json_string_value(value);
    return client_keep(json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15)));
}
