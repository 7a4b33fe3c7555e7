/* privileges.h - the user and the capabilities of the program. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <sys/types.h>

/* Makes the calling process run as a user and the group of the same number, for good, and in no
 * other group. Does nothing for SAME_USER or if it is that user; otherwise it needs root's
 * rights. Ends the process if it fails. */
void become(uid_t uid);

/* Empties the capability bounding set: no exec, of whatever file, gives one of them back
 * (capabilities(7)). It needs CAP_SETPCAP, so call it before become(); without it, nothing
 * happens, and no_new_privs does the same. */
void drop_bounding_set(void);

/* Takes all capabilities from the calling process, now and for what it executes: the ambient ones
 * that a container may have given to a grader that is not root, those of a user namespace, and
 * root's, where the program stays root (there is no other user). Call it after become(). Ends the
 * process if it fails. */
void drop_capabilities(void);

#endif
