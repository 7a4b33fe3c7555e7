/* Buggy: an empty run_server().
 * Loses: mp-replies mp-concurrency
 * Why: main() ends the program with a message.
 */
#include "server.h"

void run_server(int listenfd)
{
	(void)listenfd;
}
