/* banned.h: functions that have no place here.  CMake includes it before each file of api/.
 *
 * strcpy and relatives know no bounds; strtok, localtime and relatives keep hidden state that threads
 * share; atoi and relatives cannot say that their text is no number.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef WRITES_WORKBOOKS
#include <xlsxwriter.h> /* whose headers use some of them */
#endif

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets
#pragma GCC poison strtok localtime gmtime ctime asctime rand srand
#pragma GCC poison atoi atol atoll atof
