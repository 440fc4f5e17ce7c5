/* Workbooks: an archive as it comes or, since mutations seldom survive the checksums of one, a part of a good
 * archive, which the first letter names. */
#include "fuzz/sheet.h"
#include "support/workbook.h"

static const struct {
    char letter;
    const char *part;
} parts[] = {
    {'s', "xl/worksheets/sheet1.xml"}, {'t', "xl/sharedStrings.xml"},       {'f', "xl/styles.xml"},
    {'w', "xl/workbook.xml"},          {'r', "xl/_rels/workbook.xml.rels"}, {'R', "_rels/.rels"},
    {'c', "[Content_Types].xml"},
};

static void try_part(const char *name, const uint8_t *data, size_t size)
{
    size_t length;
    struct part part = {name, (const char *)data, size, true};
    char *bytes = workbook_made(&part, 1, &length);
    fuzz_sheet(&(struct sheet_file){bytes, length});
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_sheet(&(struct sheet_file){(const char *)data, size});
    for (size_t i = 0; size > 1 && i < sizeof parts / sizeof parts[0]; i++)
        if (data[0] == parts[i].letter)
            try_part(parts[i].part, data + 1, size - 1);
    return 0;
}
