/* Hostile: includes what it thinks is the solution.
 * Loses: compile
 * Why: the compiler can read only its own folder and the headers. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

#include "../../solution/mp_server.c"
#include "../solution/mp_server.c"
