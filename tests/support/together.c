/* together.c: requests that meet. */
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct heard {
    int status;
    unsigned char body[TOKEN_HASH_BYTES]; /* SHA-256 */
};

/* Wait until everybody is there, which the end of the gate tells; then ask, and say what came. */
static void ask_from_child(const struct wish *wish, const int gate[2], int answers)
{
    char nothing;
    struct heard heard = {0};
    close(gate[1]);
    if (read(gate[0], &nothing, 1) == 0) {
        struct answer answer = ask_for(*wish);
        heard.status = answer.status;
        secret_hash_token(answer.text, heard.body);
    }
    _exit(write(answers, &heard, sizeof heard) == (ssize_t)sizeof heard ? 0 : 1);
}

static void ask_all(const struct wish *const wishes[], int count, struct heard heard[])
{
    int gate[2], answers[TOGETHER_MAX][2];
    pid_t child[TOGETHER_MAX];
    cr_assert(count <= TOGETHER_MAX && pipe(gate) == 0);
    for (int i = 0; i < count; i++) {
        cr_assert(pipe(answers[i]) == 0);
        child[i] = fork();
        cr_assert(child[i] >= 0);
        if (child[i] == 0)
            ask_from_child(wishes[i], gate, answers[i][1]);
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < count; i++) {
        bool came = read(answers[i][0], &heard[i], sizeof heard[i]) == (ssize_t)sizeof heard[i];
        cr_assert(came && waitpid(child[i], NULL, 0) == child[i]);
        close(answers[i][0]);
        close(answers[i][1]);
    }
}

void ask_together(const struct wish *wishes, int count, int status[])
{
    const struct wish *each[TOGETHER_MAX];
    struct heard heard[TOGETHER_MAX];
    for (int i = 0; i < count && i < TOGETHER_MAX; i++)
        each[i] = &wishes[i];
    ask_all(each, count, heard);
    for (int i = 0; i < count; i++)
        status[i] = heard[i].status;
}

int ask_alike(struct wish wish, int count, int status)
{
    const struct wish *each[TOGETHER_MAX];
    struct heard heard[TOGETHER_MAX];
    int alike = 0;
    for (int i = 0; i < count && i < TOGETHER_MAX; i++)
        each[i] = &wish;
    ask_all(each, count, heard);
    for (int i = 0; i < count; i++)
        alike += heard[i].status == status && memcmp(heard[i].body, heard[0].body, sizeof heard[i].body) == 0;
    return alike;
}

int count_of(const int status[], int count, int wanted)
{
    int times = 0;
    for (int i = 0; i < count; i++)
        times += status[i] == wanted;
    return times;
}
