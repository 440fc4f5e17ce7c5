# embed_queries.cmake: db/queries/*.sql and openapi.yaml → queries.h and queries.c.
#
#   cmake -DQUERIES=db/queries -DOPENAPI=openapi.yaml -DOUT=build/embedded -P embed_queries.cmake
#
# Each file becomes SQL_<file name> of enum sql_id, so that a line of routes.def without its file does
# not compile.  Lines that are only a comment stay out of what is sent to PostgreSQL.

function(c_literal text result)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "?" "\\?" text "${text}") # no trigraphs
    string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
    set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

file(GLOB files ${QUERIES}/*.sql)
list(SORT files)
set(names "")
set(rows "")
foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME_WE)
    file(READ "${file}" text)
    string(REGEX REPLACE "(^|\n)--[^\n]*" "\\1" text "${text}")
    string(REGEX REPLACE "\n\n+" "\n" text "${text}")
    string(STRIP "${text}" text)
    c_literal("${text}" literal)
    string(APPEND names "    SQL_${name},\n")
    string(APPEND rows "    {\"${name}\",\n    ${literal}},\n")
endforeach()

file(READ "${OPENAPI}" contract)
c_literal("${contract}" contract)

file(WRITE ${OUT}/queries.h "/* Made by embed_queries.cmake; do not edit. */
#pragma once

enum sql_id {
${names}    SQL_COUNT
};

/* The queries by sql_id: file name without .sql, text. */
extern const struct sql_query {
    const char *name, *text;
} sql_queries[SQL_COUNT];

/* openapi.yaml. */
extern const char openapi_yaml[];
")
file(WRITE ${OUT}/queries.c "/* Made by embed_queries.cmake; do not edit. */
#include \"queries.h\"

const struct sql_query sql_queries[SQL_COUNT] = {
${rows}};

const char openapi_yaml[] =
    ${contract};
")
