/* log.c: one line of JSON per event on standard error, through yder. */
#include "base/log.h"
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <yder.h>

static const char *level_name(unsigned long level)
{
    switch (level) {
    case Y_LOG_LEVEL_ERROR: return "error";
    case Y_LOG_LEVEL_WARNING: return "warning";
    case Y_LOG_LEVEL_INFO: return "info";
    default: return "debug";
    }
}

static unsigned long level_named(const char *name)
{
    static const unsigned long levels[] = {Y_LOG_LEVEL_ERROR, Y_LOG_LEVEL_WARNING, Y_LOG_LEVEL_INFO};
    for (size_t i = 0; i < COUNT(levels); i++)
        if (strcmp(name, level_name(levels[i])) == 0)
            return levels[i];
    return Y_LOG_LEVEL_DEBUG;
}

static void add_time(struct buf *line)
{
    struct timespec now;
    struct tm utc;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(text, sizeof text, "%FT%T", &utc);
    buf_addf(line, "\"time\":\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

/* One write() a line, so that lines of several threads do not mix. */
static void write_line(void *unused, const char *app, time_t date, unsigned long level, const char *message)
{
    (void)unused, (void)app, (void)date;
    buf_auto_t line = {0};
    size_t length = strlen(message);
    buf_addc(&line, '{');
    add_time(&line);
    buf_addf(&line, ",\"level\":\"%s\",", level_name(level));
    if (message[0] == '{' && message[length - 1] == '}') {
        buf_add(&line, message + 1, length - 1);
    } else {
        buf_adds(&line, "\"message\":");
        buf_add_quoted(&line, message);
        buf_addc(&line, '}');
    }
    buf_addc(&line, '\n');
    if (line.text && write(STDERR_FILENO, line.text, line.len) < 0)
        return; /* nobody is left to tell */
}

bool log_start(const char *level)
{
    return y_init_logs("thidua-api", Y_LOG_MODE_CALLBACK, level_named(level), NULL, NULL)
           && y_set_logs_callback(write_line, NULL, NULL);
}

void log_stop(void)
{
    y_close_logs();
}

void log_event(unsigned long level, const struct buf *members)
{
    y_log_message(level, "{%s}", members->text ? members->text : "");
}
