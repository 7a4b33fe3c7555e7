/* refuse.c - makes calls that the filter refuses.
 *
 *	refuse names		one each of some kinds, and prints "done"
 *	refuse NUMBER		the same so often, in each of some threads; prints "done"
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 4 };

static void *insist(void *arg)
{
	for (long number = *(long *)arg; number > 0; number--)
		if (syscall(SYS_unshare, 0) != -1 || errno != EPERM)
			exit(1);
	return NULL;
}

static void in_threads(long number)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, insist, &number) != 0)
			exit(1);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void one_each(void)
{
	if (socket(AF_UNIX, SOCK_STREAM, 0) != -1 || errno != EAFNOSUPPORT)
		exit(1);
	if (socket(AF_INET, SOCK_DGRAM, 0) != -1 || errno != EACCES)
		exit(1);
	if (memfd_create("x", 0) != -1 || errno != ENOSYS)
		exit(1);
	if (mmap(NULL, 1UL << 30, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ||
		errno != ENOMEM)
		exit(1);
}

int main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "names") == 0)
		one_each();
	else if (argc == 2)
		in_threads(atol(argv[1]));
	puts("done");
	fflush(stdout);
	for (;;)
		pause();
}
