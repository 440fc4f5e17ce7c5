/* describe.h: the tables of the program as JSON, for the test that compares them with openapi.yaml. */
#pragma once
#include <stdio.h>

/* Print {"routes": [...], "problems": [...], "faults": [...]}. */
void describe(FILE *to);
