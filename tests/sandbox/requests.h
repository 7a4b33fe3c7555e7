/* requests.h - what the grader asks of the box while the program runs. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <stdbool.h>

/* Takes in and answers one request, if there is one. box.c lists them. Returns false if the grader
 * has closed its side or is dead. */
bool answer_request(void);

#endif
