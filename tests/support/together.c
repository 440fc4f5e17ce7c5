/* together.c: requests that meet. */
#include "support/together.h"
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_SECONDS = 180 };

struct heard {
    int status;
    unsigned char body[TOKEN_HASH_BYTES]; /* SHA-256 */
};

/* Wait until everybody is there, which the end of the gate tells; then work, and say what came of it.  A
 * child that hangs must not hang the tests. */
static void work_as_child(const struct crowd *crowd, int nth, const int gate[2], int to)
{
    char nothing, result[RESULT_MAX] = {0};
    alarm(CHILD_SECONDS);
    close(gate[1]);
    if (read(gate[0], &nothing, 1) == 0)
        crowd->work(nth, crowd->of, result);
    _exit(write(to, result, crowd->size) == (ssize_t)crowd->size ? 0 : 1);
}

void work_together(const struct crowd *crowd, void *results)
{
    int gate[2], result[TOGETHER_MAX][2];
    pid_t child[TOGETHER_MAX];
    cr_assert(crowd->count <= TOGETHER_MAX && crowd->size <= RESULT_MAX && pipe(gate) == 0);
    for (int i = 0; i < crowd->count; i++) {
        cr_assert(pipe(result[i]) == 0);
        child[i] = fork();
        cr_assert(child[i] >= 0);
        if (child[i] == 0)
            work_as_child(crowd, i, gate, result[i][1]);
        close(result[i][1]);
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < crowd->count; i++) {
        char *to = (char *)results + (size_t)i * crowd->size;
        bool came = read(result[i][0], to, crowd->size) == (ssize_t)crowd->size;
        cr_assert(came && waitpid(child[i], NULL, 0) == child[i]);
        close(result[i][0]);
    }
}

static void ask_one(int nth, const void *of, void *result)
{
    const struct wish *const *wishes = of;
    struct heard *heard = result;
    struct answer answer = ask_for(*wishes[nth]);
    heard->status = answer.status;
    secret_hash_token(answer.text, heard->body);
}

static void ask_all(const struct wish *const wishes[], int count, struct heard heard[])
{
    work_together(&(struct crowd){count, ask_one, wishes, sizeof(struct heard)}, heard);
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
