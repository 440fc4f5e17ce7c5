/* scratch.h: files that nobody else sees and that end with their last descriptor. */
#pragma once
#include <stdio.h>

/* Where they lie: TMPDIR, else /var/tmp, which is on a disk. */
const char *scratch_folder(void);

/* A file without a name, to be written and read; NULL: errno says why. */
FILE *scratch_open(void);
