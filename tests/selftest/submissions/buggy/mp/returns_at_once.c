/* Buggy: an empty run_server().
 * Loses: everything
 * Why: main() ends the program with a message.
 */
#include "server.h"

void run_server(int listenfd)
{
	(void)listenfd;
}
