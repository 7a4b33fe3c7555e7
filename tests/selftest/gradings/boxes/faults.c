/* faults.c - makes the system calls that the box can make fail, over and over.
 *
 *	faults create|threads|accept|signals
 *
 * Prints a letter for each call: "." if it succeeded, otherwise "e" for EAGAIN, "m" for ENOMEM,
 * "f" for EMFILE, "i" for EINTR, "x" for another error. For "create", each way to create a process
 * in turn; for "signals", signals with a handler arrive all the time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAYS = 3, PAUSE = 2000 /* microseconds */ };

static char letter_of(int error)
{
	switch (error) {
	case 0:
		return '.';
	case EAGAIN:
		return 'e';
	case ENOMEM:
		return 'm';
	case EMFILE:
		return 'f';
	case EINTR:
		return 'i';
	default:
		return 'x';
	}
}

static void print(int error)
{
	char letter = letter_of(error);

	if (write(STDOUT_FILENO, &letter, 1) != 1)
		exit(1);
}

/* Returns the error. */
static int create(int way)
{
	pid_t child;

	if (way == 0)
		child = fork();
	else if (way == 1)
		child = vfork();
	else
		child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (child == 0)
		_exit(0);
	if (child == -1)
		return errno;
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
	return 0;
}

static void *nothing(void *arg)
{
	return arg;
}

static int create_thread(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, nothing, NULL);

	return error != 0 ? error : pthread_join(thread, NULL);
}

/* Nobody connects: without a client, a call that succeeds returns EWOULDBLOCK at once. */
static int accept_one(int listener)
{
	accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return errno == EWOULDBLOCK ? 0 : errno;
}

static int listener(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 || listen(fd, 5) == -1)
		exit(1);
	return fd;
}

static void handler(int signo)
{
	(void)signo;
}

static void be_signalled(void)
{
	struct itimerval often = {.it_interval.tv_usec = 300, .it_value.tv_usec = 300};
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

	if (sigaction(SIGALRM, &action, NULL) == -1 || setitimer(ITIMER_REAL, &often, NULL) == -1)
		exit(1);
}

int main(int argc, char *argv[])
{
	const char *what = argc == 2 ? argv[1] : "";
	int fd = listener();

	if (strcmp(what, "signals") == 0)
		be_signalled();
	for (int way = 0;; way = (way + 1) % WAYS) {
		if (strcmp(what, "threads") == 0)
			print(create_thread());
		else if (strcmp(what, "accept") == 0)
			print(accept_one(fd));
		else
			print(create(way));
		usleep(PAUSE);
	}
}
