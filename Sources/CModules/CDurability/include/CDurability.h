/// System calls that Swift's Glibc does not show.
#ifndef MUSTER_CDURABILITY_H
#define MUSTER_CDURABILITY_H

/// Makes durable all that was written to the file system of an open descriptor: `syncfs(2)`.
int muster_syncfs(int descriptor);

/// Asks for a file's changed pages from `offset` on to be written to the disk, and does not wait: what is synced later
/// is mostly there then. A hint: where the system knows none, or refuses it, nothing happens.
void muster_write_soon(int descriptor, long long offset);

/// Writes whole pages of `bytes` to the file at `path` from `offset` on, past the system's memory of files, and returns
/// how many bytes were written: fewer, or none, where the system does not do it, or fails to.
long long muster_write_past_cache(const char *path, const void *bytes, long long count, long long offset);

#endif
