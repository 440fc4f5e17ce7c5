/* shape: has a JSON body the members its contract promises? */
#include "http/shape.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct member value[] = {
    {"indicator", CODE, REQUIRED},
    {"value", DECIMAL | NULLABLE, .low = -1e14, .high = 1e14},
    {0},
};

static const struct member body[] = {
    {"unit", CODE, REQUIRED},
    {"note", STRING | NULLABLE, LINES, .min_length = 1, .max_length = 5},
    {"name", STRING, .max_length = 5},
    {"state", STRING, .choices = CHOICES("draft", "submitted")},
    {"on", DATE},
    {"at", INSTANT},
    {"year", INTEGER, .low = 1990, .high = 2100},
    {"demo", BOOLEAN},
    {"values", ARRAY, .min_length = 1, .max_length = 2, .items = EACH(OBJECT, .members = value)},
    {"names", ARRAY, .items = EACH(STRING, .max_length = 3)},
    {"cells", OBJECT, .max_length = 1, .items = EACH(DECIMAL)},
    {0},
};

struct wrong {
    char body[96], pointer[24], code[24];
};

static const struct wrong wrong_bodies[] = {
    {"{}", "/unit", "missing-member"},
    {"{'unit':1}", "/unit", "wrong-type"},
    {"{'unit':null}", "/unit", "wrong-type"},
    {"{'unit':'lơ ku'}", "/unit", "not-a-code"},
    {"{'unit':'a','untt':1}", "/untt", "unknown-member"},
    {"{'unit':'a','a/b~c':1}", "/a~1b~0c", "unknown-member"},
    {"{'unit':'a','note':''}", "/note", "too-short"},
    {"{'unit':'a','note':'ấấấấấấ'}", "/note", "too-long"},
    {"{'unit':'a','name':'a\\nb'}", "/name", "control-character"},
    {"{'unit':'a','state':'lost'}", "/state", "not-a-choice"},
    {"{'unit':'a','on':'14/03/2022'}", "/on", "not-a-date"},
    {"{'unit':'a','at':'2022-03-14'}", "/at", "not-an-instant"},
    {"{'unit':'a','year':2022.5}", "/year", "wrong-type"},
    {"{'unit':'a','year':1989}", "/year", "too-small"},
    {"{'unit':'a','year':2101}", "/year", "too-large"},
    {"{'unit':'a','demo':'yes'}", "/demo", "wrong-type"},
    {"{'unit':'a','values':[]}", "/values", "too-few"},
    {"{'unit':'a','values':[{},{},{}]}", "/values", "too-many"},
    {"{'unit':'a','values':[{'value':1}]}", "/values/0/indicator", "missing-member"},
    {"{'unit':'a','values':[7]}", "/values/0", "wrong-type"},
    {"{'unit':'a','values':[{'indicator':'x','value':'9.007,4'}]}", "/values/0/value", "not-a-decimal"},
    {"{'unit':'a','values':[{'indicator':'x','value':1e15}]}", "/values/0/value", "too-large"},
    {"{'unit':'a','values':[{'indicator':'x','value':'-999999999999999'}]}", "/values/0/value", "too-small"},
    {"{'unit':'a','names':['abc','abcd']}", "/names/1", "too-long"},
    {"{'unit':'a','cells':{'x':true}}", "/cells/x", "wrong-type"},
    {"{'unit':'a','cells':{'x':1,'y':2}}", "/cells", "too-many"},
};

static json_t *json_of(const char *text)
{
    char copy[400];
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_t *json = json_loads(copy, 0, NULL);
    cr_assert_not_null(json, "%s", copy);
    return json;
}

static json_t *faults_of(const char *text)
{
    json_auto_t *json = json_of(text);
    json_t *faults = json_array();
    shape_check(json, body, faults);
    return faults;
}

static const char *told(const json_t *faults, size_t i, const char *member)
{
    const char *text = json_string_value(json_object_get(json_array_get(faults, i), member));
    return text ? text : "(absent)";
}

static void expect_fault(const struct wrong *wrong)
{
    json_auto_t *faults = faults_of(wrong->body);
    cr_expect_eq(json_array_size(faults), 1, "%s: %zu faults", wrong->body, json_array_size(faults));
    cr_expect_str_eq(told(faults, 0, "pointer"), wrong->pointer, "%s: %s", wrong->body,
                     told(faults, 0, "pointer"));
    cr_expect_str_eq(told(faults, 0, "code"), wrong->code, "%s: %s", wrong->body, told(faults, 0, "code"));
}

Test(shape, finds_the_fault)
{
    for (size_t i = 0; i < COUNT(wrong_bodies); i++)
        expect_fault(&wrong_bodies[i]);
}

Test(shape, finds_nothing_in_a_good_body)
{
    json_auto_t *faults =
        faults_of("{'unit':'kbang-lo-ku','note':'a\\nb','name':'Lơ Ku','state':'draft','on':'2022-03-14',"
                  "'at':'2022-03-14T17:00:00+07:00','year':2022,'demo':true,'names':[],'cells':{'x':9007.4},"
                  "'values':[{'indicator':'x','value':9007.4},{'indicator':'y','value':null}]}");
    cr_expect_eq(json_array_size(faults), 0, "%s %s", told(faults, 0, "pointer"), told(faults, 0, "code"));
}

Test(shape, finds_all_faults_in_the_order_of_the_body)
{
    json_auto_t *faults = faults_of("{'year':'x','untt':'a','values':[{}]}");
    cr_assert_eq(json_array_size(faults), 4);
    cr_expect_str_eq(told(faults, 0, "pointer"), "/year");
    cr_expect_str_eq(told(faults, 1, "pointer"), "/untt");
    cr_expect_str_eq(told(faults, 2, "pointer"), "/values/0/indicator");
    cr_expect_str_eq(told(faults, 3, "pointer"), "/unit");
}

Test(shape, stops_counting_at_a_hundred)
{
    buf_auto_t text = {0};
    buf_adds(&text, "{");
    for (int i = 0; i < 300; i++)
        buf_addf(&text, "\"x%d\":1,", i);
    buf_adds(&text, "\"unit\":\"a\"}");
    json_auto_t *json = json_loads(text.text, 0, NULL), *faults = json_array();
    shape_check(json, body, faults);
    cr_expect_eq(json_array_size(faults), 100);
}
