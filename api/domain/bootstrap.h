/* bootstrap.h: the first accounts, made on the command line with the owner's rights. */
#pragma once

/* thidua-api account-create --login L --name N --role ROLE@unit [--role …] [--demo]
 *
 * Reads the password's line from standard input; an empty one, or none, has one made and printed.
 * argv[0] is "account-create".  Returns the exit status; 0 also when the login exists already. */
int bootstrap_account(int argc, char *const *argv);
