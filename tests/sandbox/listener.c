/* listener.c - see listener.h. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compat.h"
#include "listener.h"
#include "settings.h"

static int channel[2] = {-1, -1}; /* the box's end, the program's */
static int listener = -1;
static bool patient;
static struct seccomp_notif *request; /* as large as this kernel has it */
static size_t request_size;
static uint64_t next_id, taken_back;

void open_listener_channel(void)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) == -1)
		err(EXIT_BOX_FAILED, "socketpair");
}

/* A message of one byte with a descriptor attached (cmsg(3)). */
union attached {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

void send_listener(int fd, bool is_patient)
{
	union attached attached = {.header = {.cmsg_level = SOL_SOCKET,
					   .cmsg_type = SCM_RIGHTS,
					   .cmsg_len = CMSG_LEN(sizeof(int))}};
	struct iovec text = {.iov_base = &is_patient, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &attached,
		.msg_controllen = sizeof(attached.space),
	};

	memcpy(CMSG_DATA(&attached.header), &fd, sizeof(fd));
	if (sendmsg(channel[1], &message, MSG_NOSIGNAL) == -1)
		err(EXIT_BOX_FAILED, "listener");
}

static void allocate_request(void)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(__NR_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == -1)
		err(EXIT_BOX_FAILED, "size of a notification");
	request_size = sizes.seccomp_notif;
	if (request_size < sizeof(*request))
		request_size = sizeof(*request);
	request = malloc(request_size);
	if (request == NULL)
		err(EXIT_BOX_FAILED, "notification");
}

/* The box is to run at once when a call waits (since Linux 6.6; else it runs a little later). */
static void wake_at_once(void)
{
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) ==
		-1)
		errno = 0;
}

void receive_listener(void)
{
	union attached attached;
	struct iovec text = {.iov_base = &patient, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &attached,
		.msg_controllen = sizeof(attached.space),
	};
	ssize_t length;

	close(channel[1]);
	length = recvmsg(channel[0], &message, MSG_CMSG_CLOEXEC);
	if (length == -1)
		err(EXIT_BOX_FAILED, "listener");
	if (length == 1 && message.msg_controllen >= CMSG_LEN(sizeof(int))) {
		memcpy(&listener, CMSG_DATA(&attached.header), sizeof(listener));
		allocate_request();
		wake_at_once();
	}
	close(channel[0]);
}

int listener_descriptor(void)
{
	return listener;
}

bool calls_are_patient(void)
{
	return listener != -1 && patient;
}

/* Returns whether a call waits. Receiving would wait for one. */
static bool call_waits(void)
{
	struct pollfd event = {.fd = listener, .events = POLLIN};

	if (listener == -1 || poll(&event, 1, 0) != 1)
		return false;
	if (event.revents & POLLIN)
		return true;
	if (event.revents & POLLHUP) { /* the last process under the filter is gone */
		close(listener);
		listener = -1;
	}
	return false;
}

/* The kernel numbers the calls one after the other. */
static void count_taken_back(uint64_t id)
{
	if (next_id != 0)
		taken_back += id - next_id;
	next_id = id + 1;
}

bool receive_call(struct call *call)
{
	do {
		if (!call_waits())
			return false;
		/* The kernel insists. */
		memset(request, 0, request_size);
	} while (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, request) == -1); /* taken back */
	count_taken_back(request->id);
	*call = (struct call){request->id, (pid_t)request->pid, request->data};
	return true;
}

bool answer_call(uint64_t id, int error)
{
	struct seccomp_notif_resp response = {
		.id = id,
		.error = -error,
		.flags = error == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
	};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0)
		return true;
	/* Who has made a patient call has ended. */
	if (!patient)
		taken_back++;
	return false;
}

uint64_t calls_taken_back(void)
{
	return taken_back;
}
