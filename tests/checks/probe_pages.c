/* probe_pages.c - see probe.h. Each block that malloc and the like return has pages of its own:
 * what is never freed shows in the size of the address space, and what is used after free faults.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "probe.h"

#define MAGIC 0x70616765U

struct header { /* stands in the page before the block */
	size_t mapped, size;
	size_t offset; /* from the mapping's start to the block */
	unsigned int magic;
};

/* 4 KiB, and on some machines 16 or 64 KiB: the checker, which counts in pages, asks too. */
static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Returns the header of a block, or NULL if the block is none of allocate()'s. */
static struct header *header_of(void *block)
{
	struct header *header = (struct header *)((char *)block - page_size());

	return header->magic == MAGIC ? header : NULL;
}

void *allocate(size_t alignment, size_t size)
{
	size_t page = page_size();
	size_t extra = alignment > page ? alignment : 0;
	size_t mapped = page + extra + (size + page - 1) / page * page;
	char *start, *block;

	if (size > PTRDIFF_MAX - 2 * page - extra) {
		errno = ENOMEM;
		return NULL;
	}
	start = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED) {
		errno = ENOMEM;
		return NULL;
	}
	block = start + page;
	if (extra)
		block = (char *)(((uintptr_t)block + alignment - 1) / alignment * alignment);
	*(struct header *)(block - page) =
		(struct header){mapped, size, (size_t)(block - start), MAGIC};
	atomic_fetch_add_explicit(&channel->blocks, 1, memory_order_relaxed);
	return block;
}

void release(void *block)
{
	struct header *header = block == NULL ? NULL : header_of(block);
	int saved_errno = errno;

	if (header != NULL)
		munmap((char *)block - header->offset, header->mapped);
	errno = saved_errno;
}

EXPORTED void *malloc(size_t size)
{
	entered(ALLOCATION, "malloc", NULL);
	return allocate(1, size);
}

EXPORTED void free(void *block)
{
	if (block != NULL)
		entered(ALLOCATION, "free", NULL);
	release(block);
}

EXPORTED void *calloc(size_t number, size_t size)
{
	entered(ALLOCATION, "calloc", NULL);
	if (size != 0 && number > PTRDIFF_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	return allocate(1, number * size);
}

/* A block that is none is the end of the program, as it is in the C library. */
EXPORTED void *realloc(void *block, size_t size)
{
	struct header *header = block == NULL ? NULL : header_of(block);
	void *moved;

	entered(ALLOCATION, "realloc", NULL);
	if (block != NULL && header == NULL)
		abort();
	moved = allocate(1, size);
	if (moved != NULL && header != NULL) {
		memcpy(moved, block, header->size < size ? header->size : size);
		release(block);
	}
	return moved;
}

EXPORTED void *memalign(size_t alignment, size_t size)
{
	entered(ALLOCATION, "memalign", NULL);
	return allocate(alignment, size);
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size)
{
	entered(ALLOCATION, "aligned_alloc", NULL);
	return allocate(alignment, size);
}

EXPORTED int posix_memalign(void **block, size_t alignment, size_t size)
{
	entered(ALLOCATION, "posix_memalign", NULL);
	*block = allocate(alignment, size);
	return *block == NULL ? ENOMEM : 0;
}

EXPORTED size_t malloc_usable_size(void *block)
{
	struct header *header = block == NULL ? NULL : header_of(block);

	return header == NULL ? 0 : header->size;
}
