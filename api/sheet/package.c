/* package.c: an OOXML file: a zip archive whose XML parts are read as a stream. */
#include "sheet/package.h"
#include <string.h>

enum {
    CHUNK = 64 * 1024,
    RATIO_FROM = 1024 * 1024, /* bytes unpacked; small parts may be mostly blanks */
    TOKEN_MAX =
        1024 * 1024, /* bytes of a tag or comment, which expat holds, and used to scan anew for each chunk */
};

static void close_part(zip_file_t **part)
{
    if (*part)
        zip_fclose(*part);
}
#define zip_file_auto_t __attribute__((cleanup(close_part))) zip_file_t

bool package_refuse(struct package *package, const char *code, json_t *params)
{
    if (package->failed)
        json_decref(params);
    else
        sheet_add_fault(package->faults, code, params);
    package->failed = true;
    package_stop(package);
    return false;
}

void package_stop(struct package *package)
{
    package->stopped = true;
    if (package->parser)
        XML_StopParser(package->parser, XML_FALSE);
}

static bool refuse_damaged(struct package *package, const char *part, const char *why)
{
    return package_refuse(package, "damaged-workbook",
                          json_pack("{s:s%, s:s}", "part", part, strnlen(part, PART_SIZE), "why", why));
}

/* Does it swell more than any table does? */
static bool is_bomb(zip_uint64_t packed, zip_uint64_t unpacked)
{
    return unpacked > RATIO_FROM && unpacked / PACKAGE_RATIO_MAX > packed;
}

static bool refuse_bomb(struct package *package, const zip_stat_t *part, zip_uint64_t unpacked)
{
    zip_uint64_t packed = part->comp_size ? part->comp_size : 1;
    return package_refuse(package, "zip-bomb",
                          json_pack("{s:s%, s:I, s:i}", "part", part->name, strnlen(part->name, PART_SIZE),
                                    "ratio", (json_int_t)(unpacked / packed), "max", PACKAGE_RATIO_MAX));
}

static bool refuse_too_large(struct package *package)
{
    return package_refuse(package, "unpacks-too-large",
                          json_pack("{s:i}", "max_mib", PACKAGE_UNPACKED_MAX / 1024 / 1024));
}

/* What the archive's directory says of one part. */
static bool check_part(struct package *package, const zip_stat_t *part, zip_uint64_t *total)
{
    if ((part->valid & ZIP_STAT_ENCRYPTION_METHOD) && part->encryption_method != ZIP_EM_NONE)
        return package_refuse(package, "encrypted-workbook", NULL);
    if (is_bomb(part->comp_size, part->size))
        return refuse_bomb(package, part, part->size);
    if (part->size > PACKAGE_UNPACKED_MAX || (*total += part->size) > PACKAGE_UNPACKED_MAX)
        return refuse_too_large(package);
    return true;
}

static bool check_directory(struct package *package)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    zip_int64_t count = zip_get_num_entries(package->zip, 0);
    zip_uint64_t total = 0;
    for (zip_int64_t i = 0; i < count; i++) {
        zip_stat_t part;
        if (zip_stat_index(package->zip, (zip_uint64_t)i, 0, &part) != 0 || (part.valid & needed) != needed)
            return refuse_damaged(package, "", "directory");
        if (!check_part(package, &part, &total))
            return false;
    }
    return true;
}

/* Has the archive more entries than any workbook?  libzip would hold a record of each. */
static bool has_too_many_parts(const struct sheet_file *file)
{
    static const char header[] = "PK\1\2"; /* of each entry of the directory */
    const char *at = file->bytes, *end = file->bytes + file->length;
    for (int count = 0; (at = memmem(at, (size_t)(end - at), header, sizeof header - 1)); at++)
        if (++count > PACKAGE_PARTS_MAX)
            return true;
    return false;
}

bool package_open(struct package *package, const struct sheet_file *file, json_t *faults)
{
    *package = (struct package){.faults = faults};
    if (has_too_many_parts(file))
        return package_refuse(package, "too-many-parts", json_pack("{s:i}", "max", PACKAGE_PARTS_MAX));
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(file->bytes, file->length, 0, &error);
    package->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!package->zip && source)
        zip_source_free(source);
    zip_error_fini(&error);
    return package->zip ? check_directory(package) : refuse_damaged(package, "", "archive");
}

void package_release(struct package *package)
{
    if (package->zip)
        zip_discard(package->zip);
}

bool package_has(const struct package *package, const char *part)
{
    return zip_name_locate(package->zip, part, ZIP_FL_NOCASE) >= 0;
}

/* Open a part; NULL with a fault when there is none, or none that can be read. */
static zip_file_t *open_part(struct package *package, const char *name, zip_stat_t *stat)
{
    if (zip_stat(package->zip, name, ZIP_FL_NOCASE, stat) != 0) {
        refuse_damaged(package, name, "missing");
        return NULL;
    }
    bool usual = stat->comp_method == ZIP_CM_STORE || stat->comp_method == ZIP_CM_DEFLATE;
    zip_file_t *part = usual ? zip_fopen_index(package->zip, stat->index, 0) : NULL;
    if (!part)
        refuse_damaged(package, name, "packing");
    return part;
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *data, const char *name, const char **attributes)
{
    struct xml_reader *reader = data;
    if (!reader->package->stopped)
        reader->start(reader->state, local_name(name), attributes);
}

static void on_end(void *data, const char *name)
{
    struct xml_reader *reader = data;
    if (reader->end && !reader->package->stopped)
        reader->end(reader->state, local_name(name));
}

static void on_text(void *data, const char *text, int length)
{
    struct xml_reader *reader = data;
    if (reader->text && !reader->package->stopped)
        reader->text(reader->state, text, length);
}

static void on_doctype(void *data, const char *name, const char *system, const char *public, int internal)
{
    struct xml_reader *reader = data;
    (void)name, (void)system, (void)public, (void)internal;
    package_refuse(reader->package, "workbook-with-doctype", NULL);
}

static void prepare(XML_Parser parser, struct xml_reader *reader)
{
    XML_SetUserData(parser, reader);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    XML_SetParamEntityParsing(parser, XML_PARAM_ENTITY_PARSING_NEVER);
}

/* Count what came out of a part, which may be more than its directory entry admits. */
static bool count_unpacked(struct package *package, const zip_stat_t *part, zip_uint64_t *size,
                           zip_int64_t more)
{
    *size += (zip_uint64_t)more;
    package->unpacked += (zip_uint64_t)more;
    if (is_bomb(part->comp_size, *size))
        return refuse_bomb(package, part, *size);
    return package->unpacked <= PACKAGE_UNPACKED_MAX ? true : refuse_too_large(package);
}

/* Why expat went no further: it was stopped, or this is no XML. */
static bool refuse_xml(struct package *package, const zip_stat_t *part)
{
    bool stopped = XML_GetErrorCode(package->parser) == XML_ERROR_ABORTED;
    return stopped ? false : refuse_damaged(package, part->name, "xml");
}

/* Parse the part to its end.  False: it was stopped or a fault was added. */
static bool parse_part(struct package *package, zip_file_t *part, const zip_stat_t *stat)
{
    zip_uint64_t size = 0;
    for (zip_int64_t length = 1; length > 0;) {
        void *chunk = XML_GetBuffer(package->parser, CHUNK);
        length = chunk ? zip_fread(part, chunk, CHUNK) : -1;
        if (length < 0)
            return refuse_damaged(package, stat->name, "data");
        if (!count_unpacked(package, stat, &size, length))
            return false;
        if (XML_ParseBuffer(package->parser, (int)length, length == 0) != XML_STATUS_OK)
            return refuse_xml(package, stat);
        if ((zip_int64_t)size - XML_GetCurrentByteIndex(package->parser) > TOKEN_MAX)
            return refuse_damaged(package, stat->name, "xml");
    }
    return true;
}

bool package_parse(struct package *package, const char *name, struct xml_reader *reader)
{
    zip_stat_t stat;
    zip_file_auto_t *part = open_part(package, name, &stat);
    if (!part)
        return false;
    reader->package = package;
    package->stopped = false;
    package->parser = XML_ParserCreate(NULL);
    if (!package->parser)
        return refuse_damaged(package, name, "memory");
    prepare(package->parser, reader);
    bool good = parse_part(package, part, &stat);
    XML_ParserFree(package->parser);
    package->parser = NULL;
    return good;
}

bool package_mentions(struct package *package, const char *name, const char *word)
{
    zip_stat_t stat;
    char chunk[CHUNK];
    size_t kept = 0, length = strlen(word);
    if (zip_stat(package->zip, name, ZIP_FL_NOCASE, &stat) != 0)
        return true;
    zip_file_auto_t *part = zip_fopen_index(package->zip, stat.index, 0);
    for (zip_uint64_t size = 0; part && size <= PACKAGE_UNPACKED_MAX && !is_bomb(stat.comp_size, size);) {
        zip_int64_t more = zip_fread(part, chunk + kept, sizeof chunk - kept);
        if (more == 0)
            return false;
        size_t held = kept + (more > 0 ? (size_t)more : 0);
        if (more < 0 || memmem(chunk, held, word, length))
            return true;
        size += (zip_uint64_t)more;
        kept = held < length - 1 ? held : length - 1; /* the word may lie across two chunks */
        memmove(chunk, chunk + held - kept, kept);
    }
    return true;
}
