/* privileges.c - see privileges.h. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "privileges.h"
#include "settings.h"

/* Being root means nothing from the next exec on, and none of this can be undone
 * (capabilities(7), securebits). */
#define ROOT_IS_LIKE_OTHERS                                                                        \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |                           \
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED)

void become(uid_t uid)
{
	if (uid == SAME_USER || uid == geteuid())
		return;
	if (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1)
		err(EXIT_BOX_FAILED, "group %u", uid);
	if (setresuid(uid, uid, uid) == -1)
		err(EXIT_BOX_FAILED, "user %u", uid);
}

void drop_bounding_set(void)
{
	unsigned long capability = 0;

	/* The kernel may have more capabilities than these headers know: go on until it says
	 * EINVAL. */
	while (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
		capability++;
}

void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	bool failed =
		geteuid() == 0 && prctl(PR_SET_SECUREBITS, ROOT_IS_LIKE_OTHERS, 0, 0, 0) == -1;

	/* Root in a container may lack CAP_SETPCAP (EPERM). What is left then is enough: because of
	 * no_new_privs, which the box has set, exec gives nothing that the process does not have,
	 * and below it gives up all. */
	if (failed && errno != EPERM)
		err(EXIT_BOX_FAILED, "securebits");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
		err(EXIT_BOX_FAILED, "ambient capabilities");
	if (syscall(__NR_capset, &header, none) == -1)
		err(EXIT_BOX_FAILED, "capabilities");
}
