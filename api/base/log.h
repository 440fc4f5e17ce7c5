/* log.h: one line of JSON per event on standard error, through yder.
 *
 * Anything may call y_log_message(level, "%s", text); the line then is {time, level, message}.  A message
 * that is a JSON object contributes its members instead (log_event).  Never log bodies, tokens or
 * passwords.  ERROR: someone must act.  WARNING: refused or slow.  INFO: requests, start, stop.
 */
#pragma once
#include "base/buf.h"

/* Start logging events of this level ("error", "warning", "info", "debug") and worse. */
bool log_start(const char *level) MUST_CHECK;
void log_stop(void);

/* Log an event; `members` are the members of a JSON object, without braces. */
void log_event(unsigned long level, const struct buf *members);
