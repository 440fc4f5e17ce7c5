/* scratch.c: files that nobody else sees and that end with their last descriptor. */
#include "base/scratch.h"
#include "base/auto.h"
#include <fcntl.h>
#include <unistd.h>

const char *scratch_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] ? folder : "/var/tmp";
}

/* Some file systems have no files without a name. */
static int open_and_unname(void)
{
    str_auto_t *path = NULL;
    if (asprintf(&path, "%s/thidua-XXXXXX", scratch_folder()) < 0)
        return -1;
    int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        unlink(path);
    return file;
}

FILE *scratch_open(void)
{
    int file = open(scratch_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0)
        file = open_and_unname();
    FILE *stream = file < 0 ? NULL : fdopen(file, "w+");
    if (!stream && file >= 0)
        close(file);
    return stream;
}
