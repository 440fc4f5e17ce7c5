/* workbook.c: workbooks made for a test. */
#include "support/workbook.h"
#include "base/auto.h"
#include <string.h>
#include <zip.h>

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATIONS "http://schemas.openxmlformats.org/package/2006/relationships"
#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const struct part usual[] = {
    {"[Content_Types].xml", "<Types/>"},
    {"_rels/.rels",
     "<Relationships xmlns='" RELATIONS "'><Relationship Id='r1' Type='" TYPE "/officeDocument'"
     " Target='xl/workbook.xml'/></Relationships>"},
    {"xl/workbook.xml", "<workbook xmlns='" MAIN "' xmlns:r='" TYPE "'><sheets>"
                        "<sheet name='Biểu 01' sheetId='1' r:id='r1'/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships xmlns='" RELATIONS "'>"
     "<Relationship Id='r1' Type='" TYPE "/worksheet' Target='worksheets/sheet1.xml'/>"
     "<Relationship Id='r2' Type='" TYPE "/sharedStrings' Target='/xl/sharedStrings.xml'/>"
     "<Relationship Id='r3' Type='" TYPE "/styles' Target='../xl/./styles.xml'/></Relationships>"},
    {"xl/worksheets/sheet1.xml", "<worksheet xmlns='" MAIN "'><sheetData/></worksheet>"},
    {"xl/sharedStrings.xml",
     "<sst xmlns='" MAIN "'><si><t>Đăk Rong</t></si><si><r><t>Tơ </t></r><r><t>Tung</t>"
     "</r><rPh sb='0' eb='1'><t>to</t></rPh></si></sst>"},
    {"xl/styles.xml",
     "<styleSheet xmlns='" MAIN "'><numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy h:mm'/>"
     "</numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/>"
     "<xf numFmtId='10'/><xf numFmtId='164'/></cellXfs></styleSheet>"},
};

static const struct part *part_named(const struct part *parts, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(parts[i].name, name) == 0)
            return &parts[i];
    return NULL;
}

static void add_part(zip_t *zip, const struct part *part, bool stored)
{
    if (!part->text)
        return;
    size_t length = part->length ? part->length : strlen(part->text);
    zip_source_t *source = zip_source_buffer(zip, part->text, length, 0);
    zip_int64_t index = zip_file_add(zip, part->name, source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(zip, (zip_uint64_t)index, stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 1);
}

/* The bytes that a zip source has in memory. */
static char *bytes_of(zip_source_t *source, size_t *length)
{
    zip_stat_t stat;
    zip_source_stat(source, &stat);
    char *bytes = malloc(stat.size);
    zip_source_open(source);
    *length = (size_t)zip_source_read(source, bytes, stat.size);
    zip_source_close(source);
    return bytes;
}

char *workbook_made(const struct part *parts, size_t count, size_t *length)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    for (size_t i = 0; i < COUNT(usual); i++)
        if (!part_named(parts, count, usual[i].name))
            add_part(zip, &usual[i], count && parts[0].stored);
    for (size_t i = 0; i < count; i++)
        add_part(zip, &parts[i], parts[i].stored);
    if (zip_close(zip) != 0)
        abort();
    char *bytes = bytes_of(source, length);
    zip_source_free(source);
    return bytes;
}

char *workbook_part(const char *bytes, size_t length, const char *name)
{
    zip_stat_t stat = {0};
    zip_t *zip = zip_open_from_source(zip_source_buffer_create(bytes, length, 0, NULL), ZIP_RDONLY, NULL);
    zip_file_t *file = zip && zip_stat(zip, name, 0, &stat) == 0 ? zip_fopen(zip, name, 0) : NULL;
    char *text = calloc(1, stat.size + 1);
    if (file) {
        zip_fread(file, text, stat.size);
        zip_fclose(file);
    }
    if (zip)
        zip_discard(zip);
    return text;
}
