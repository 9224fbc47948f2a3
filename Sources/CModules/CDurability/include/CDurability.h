/// System calls that Swift's Glibc does not show.
#ifndef MUSTER_CDURABILITY_H
#define MUSTER_CDURABILITY_H

/// Makes durable all that was written to the file system of an open descriptor: `syncfs(2)`.
int muster_syncfs(int descriptor);

#endif
