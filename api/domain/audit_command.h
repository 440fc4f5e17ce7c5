/* audit_command.h: the record of changes on the command line. */
#pragma once

/* dump-audit: write it to standard output, with the owner's rights.  Returns the exit status. */
int audit_dump(int argc, char *const *argv);

/* verify-audit FILE [--head FILE]: 0 whole, 1 broken, 2 not understood or not readable. */
int audit_check(int argc, char *const *argv);
