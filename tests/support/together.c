/* together.c: requests that meet. */
#include "support/together.h"
#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

/* Wait until everybody is there, which the end of the gate tells; then ask, and say what came. */
static void ask_from_child(const struct wish *wish, const int gate[2], int answers)
{
    char nothing;
    close(gate[1]);
    bool open = read(gate[0], &nothing, 1) == 0;
    int status = open ? ask_for(*wish).status : 0;
    _exit(write(answers, &status, sizeof status) == (ssize_t)sizeof status ? 0 : 1);
}

void ask_together(const struct wish *wishes, int count, int status[])
{
    int gate[2], answers[TOGETHER_MAX][2];
    pid_t child[TOGETHER_MAX];
    cr_assert(count <= TOGETHER_MAX && pipe(gate) == 0);
    for (int i = 0; i < count; i++) {
        cr_assert(pipe(answers[i]) == 0);
        child[i] = fork();
        cr_assert(child[i] >= 0);
        if (child[i] == 0)
            ask_from_child(&wishes[i], gate, answers[i][1]);
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < count; i++) {
        bool came = read(answers[i][0], &status[i], sizeof status[i]) == (ssize_t)sizeof status[i];
        cr_assert(came && waitpid(child[i], NULL, 0) == child[i]);
        close(answers[i][0]);
        close(answers[i][1]);
    }
}

int count_of(const int status[], int count, int wanted)
{
    int times = 0;
    for (int i = 0; i < count; i++)
        times += status[i] == wanted;
    return times;
}
