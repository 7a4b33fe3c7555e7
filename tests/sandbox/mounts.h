/* mounts.h - takes rights from what is mounted. */
#ifndef MOUNTS_H
#define MOUNTS_H

/* Adds attributes, MOUNT_ATTR_RDONLY, _NOSUID and _NODEV (mount_setattr(2)), to the mount at a
 * path. Before Linux 5.12 the flags given replace those of the mount: name them all. Ends the
 * process if it cannot. */
void restrict_mount(const char *path, unsigned int attributes);

/* The same for all mounts at and below a path. `mountinfo` is a file of /proc (proc(5)) with the
 * mounts of the calling process, for where the kernel has no mount_setattr(2) (before Linux
 * 5.12): from it come the flags that a mount has, and keeps. */
void restrict_mounts(const char *path, unsigned int attributes, const char *mountinfo);

#endif
