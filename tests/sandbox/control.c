/* control.c - see control.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compat.h"
#include "control.h"
#include "settings.h"

/* One each of "box", "over", "end", and the answer to the grader's last request, is all that can
 * wait: it does not ask before it has been answered. */
enum { CONTROL = 3, WAITING_MAX = 4 };

static struct message {
	char text[MESSAGE_MAX];
} waiting[WAITING_MAX]; /* oldest first */
static size_t waiting_number;

/* Before Linux 5.9 there is no close_range(2). */
static void close_above(int last)
{
	struct dirent *entry;
	DIR *open_ones;

	if (syscall(__NR_close_range, last + 1, ~0U, 0) == 0)
		return;
	open_ones = opendir("/proc/self/fd");
	if (open_ones == NULL)
		err(EXIT_BOX_FAILED, "/proc/self/fd");
	while ((entry = readdir(open_ones)) != NULL) {
		int fd = atoi(entry->d_name);

		if (fd > last && fd != dirfd(open_ones))
			close(fd);
	}
	closedir(open_ones);
}

void meet_grader(int control)
{
	if (control != CONTROL && dup2(control, CONTROL) == -1)
		err(EXIT_BOX_FAILED, "control socket");
	if (fcntl(CONTROL, F_SETFD, FD_CLOEXEC) == -1)
		err(EXIT_BOX_FAILED, "control socket");
	close_above(CONTROL);
}

void leave_grader(void)
{
	close(CONTROL);
}

int grader_descriptor(void)
{
	return CONTROL;
}

short grader_events(void)
{
	return waiting_number == 0 ? POLLIN : POLLIN | POLLOUT;
}

/* Returns whether send(2) may succeed another time: if not, the grader is gone. */
static bool passes(int error)
{
	return error == EAGAIN || error == EINTR || error == ENOBUFS || error == ENOMEM;
}

void send_waiting(void)
{
	while (waiting_number > 0) {
		const char *text = waiting[0].text;
		ssize_t sent = send(CONTROL, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent == -1 && passes(errno))
			return;
		waiting_number--;
		memmove(waiting, waiting + 1, waiting_number * sizeof(waiting[0]));
	}
}

void tell_text(const char *text)
{
	if (waiting_number == WAITING_MAX)
		errx(EXIT_BOX_FAILED, "%s: too many messages", text);
	if (strlen(text) >= MESSAGE_MAX)
		errx(EXIT_BOX_FAILED, "too long a message");
	strcpy(waiting[waiting_number++].text, text);
	send_waiting();
}

void tell(const char *word, long number)
{
	char text[64];
	int length = snprintf(text, sizeof(text), "%s %ld", word, number);

	if (length < 0 || (size_t)length >= sizeof(text))
		errx(EXIT_BOX_FAILED, "%s: too long a word", word);
	tell_text(text);
}

/* Sends "sockets" with descriptors attached (cmsg(3)). Returns whether it could. */
static bool send_descriptors(const int *fds, size_t number)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(SOCKETS_MAX * sizeof(int))];
	} attached = {.header = {.cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS,
			      .cmsg_len = CMSG_LEN(number * sizeof(int))}};
	char word[] = "sockets";
	struct iovec text = {.iov_base = word, .iov_len = strlen(word)};
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &attached,
		.msg_controllen = CMSG_SPACE(number * sizeof(int)),
	};

	memcpy(CMSG_DATA(&attached.header), fds, number * sizeof(int));
	return sendmsg(CONTROL, &message, MSG_NOSIGNAL | MSG_DONTWAIT) != -1;
}

void give_sockets(int number)
{
	int fds[SOCKETS_MAX];
	size_t made = 0, wanted = number < SOCKETS_MAX ? (size_t)number : SOCKETS_MAX;

	errno = EINVAL; /* if none at all is wanted */
	while (made < wanted) {
		fds[made] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fds[made] == -1)
			break;
		made++;
	}
	if ((made == 0 || !send_descriptors(fds, made)) && waiting_number == 0)
		tell("nosocket", errno); /* if more waits already, the grader is not listening */
	while (made > 0)
		close(fds[--made]);
}

bool hear(char text[REQUEST_MAX])
{
	ssize_t length = recv(CONTROL, text, REQUEST_MAX - 1, MSG_DONTWAIT);

	text[length > 0 ? length : 0] = '\0';
	return length > 0 || (length == -1 && (errno == EAGAIN || errno == EINTR));
}
