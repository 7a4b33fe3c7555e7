/* failing_accept.c - preloaded (ld.so(8), LD_PRELOAD) into a server: the first calls of accept()
 * fail with the error numbers in $ACCEPT_ERRORS, as "4 103 24", one each; those after them are the
 * real accept(). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

int accept(int listenfd, struct sockaddr *address, socklen_t *length)
{
	static int (*real)(int, struct sockaddr *, socklen_t *);
	static const char *errors;
	char *next;
	int error;

	if (real == NULL) {
		*(void **)&real = dlsym(RTLD_NEXT, "accept");
		errors = getenv("ACCEPT_ERRORS");
	}
	error = (int)strtol(errors, &next, 10);
	if (next == errors)
		return real(listenfd, address, length);
	errors = next;
	errno = error;
	return -1;
}
