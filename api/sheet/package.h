/* package.h: an OOXML file: a zip archive whose XML parts are read as a stream.
 *
 * The archive is not trusted.  Refused before anything is unpacked, by what its directory declares, and again
 * by what really comes out: a part of more than 1 MiB that unpacks to over 100 times its size (zip-bomb),
 * more than 100 MiB in all (unpacks-too-large), over 20,000 parts (too-many-parts).  Refused as well: parts
 * encrypted or packed by anything but deflate, XML with a document type, so that no entity can be declared,
 * let alone be fetched or multiply.
 */
#pragma once
#include "sheet/sheet.h"
#include <expat.h>
#include <zip.h>

enum {
    PART_SIZE = 256,
    PACKAGE_PARTS_MAX = 20000,
    PACKAGE_UNPACKED_MAX = 100 * 1024 * 1024, /* bytes */
    PACKAGE_RATIO_MAX = 100,
};

struct package {
    zip_t *zip;
    XML_Parser parser; /* of the part being read */
    json_t *faults;    /* borrowed */
    zip_uint64_t unpacked;
    bool failed;  /* a fault was added */
    bool stopped; /* expat may still have something to say, which is not handed on */
};

/* What to do with the parts of a part's XML.  Names come without their prefix. */
struct xml_reader {
    void (*start)(void *state, const char *name, const char **attributes);
    void (*end)(void *state, const char *name);
    void (*text)(void *state, const char *text, int length);
    void *state;
    struct package *package; /* set by package_parse() */
};

/* Open the bytes, which are borrowed.  False: a fault was added; release in any case. */
bool package_open(struct package *package, const struct sheet_file *file, json_t *faults);
void package_release(struct package *package);
#define package_auto_t __attribute__((cleanup(package_release))) struct package

bool package_has(const struct package *package, const char *part);

/* Read a part.  False: a fault was added, or package_stop() was called. */
bool package_parse(struct package *package, const char *part, struct xml_reader *reader);

/* May the word be among the unpacked bytes of a part?  True also when the part cannot be read to its end:
 * why not is left to package_parse().  Costs a fifth of parsing. */
bool package_mentions(struct package *package, const char *part, const char *word);

/* Add a fault of the file (params are taken over) and stop.  Always false. */
bool package_refuse(struct package *package, const char *code, json_t *params);

/* Stop reading the part; what else comes is not handed over. */
void package_stop(struct package *package);

/* Resolve the target of a relationship of `part`: "worksheets/sheet1.xml" of xl/workbook.xml is
 * xl/worksheets/sheet1.xml.  False: it is too long or leaves the package. */
bool package_resolve(const char *part, const char *target, char resolved[PART_SIZE]);

/* The part with the relationships of a part: xl/_rels/workbook.xml.rels.  False: too long. */
bool package_rels(const char *part, char rels[PART_SIZE]);

/* The value of an attribute, whatever its prefix; NULL: it has none. */
const char *xml_attribute(const char **attributes, const char *name);

/* Is an attribute "1" or "true"? */
bool xml_is_true(const char *value);
