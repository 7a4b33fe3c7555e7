/* root_directory.h - the files of a program in namespaces: a root directory of its own. */
#ifndef ROOT_DIRECTORY_H
#define ROOT_DIRECTORY_H

/* Gives the calling process, which must be in a mount and a PID namespace of its own, a new root:
 * an empty tmpfs in which the paths of read= and write= in the list of settings are mounted,
 * read-only but for those of write=, /dev/null, and a /proc that shows the processes of the
 * namespace alone. The current folder stays the same. Ends the process if it cannot. Needs Linux
 * 5.12 for one call instead of one a mount, and works without. */
void new_root(char *const *list);

#endif
