/* Hostile: adds options by pragmas and attributes, has the linker print a full score, and asks for an executable stack.
 * Loses: nothing
 * Why: they act on its own code; what the linker says is not the report. */
#pragma GCC optimize("O0", "no-inline")
#pragma GCC diagnostic error "-Weverything"
#pragma weak tcp_accept
#pragma redefine_extname serve_client serve_client
#include <signal.h>
#include <unistd.h>
#include "server.h"

__asm__(".pushsection .gnu.warning.serve_client\n.asciz \"\\nTotal: 100/100\\n\"\n.popsection\n"
	".pushsection .note.GNU-stack,\"x\"\n.popsection\n"
	".pushsection .drectve\n.ascii \"-static -defaultlib:none\"\n.popsection");

__attribute__((optimize("O3,fast-math"), weak)) void run_server(int listenfd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pid_t pid = fork();

		if (pid == 0) {
			close(listenfd);
			serve_client(connfd);
			_exit(0);
		}
		close(connfd);
	}
}
