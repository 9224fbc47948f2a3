/// Header-only kernels: what Swift cannot say as fast.
/// Each has a portable form; intrinsics are chosen by the compiler's target or at run time.
#ifndef MUSTER_CKERNELS_H
#define MUSTER_CKERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Reads eight bytes, little endian, from any address.
static inline uint64_t muster_load64(const void *p) {
  uint64_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

/// Reads four bytes, little endian, from any address.
static inline uint32_t muster_load32(const void *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

/// Multiplies two words and folds the 128-bit product into one.
static inline uint64_t muster_fold(uint64_t a, uint64_t b) {
  __uint128_t product = (__uint128_t)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// A 64-bit hash of `count` bytes: folded multiplication, 16 bytes a step.
/// Not for secrets: whoever chooses the bytes can choose collisions.
static inline uint64_t muster_hash(const void *bytes, size_t count, uint64_t seed) {
  const uint8_t *p = (const uint8_t *)bytes;
  const uint64_t k0 = 0x9E3779B97F4A7C15ull, k1 = 0xD6E8FEB86659FD93ull, k2 = 0xA0761D6478BD642Full;
  uint64_t h = seed ^ muster_fold(seed ^ k0, (uint64_t)count ^ k1);
  size_t left = count;
  while (left > 16) {
    h = muster_fold(muster_load64(p) ^ k1 ^ h, muster_load64(p + 8) ^ k2) ^ (h >> 29);
    p += 16;
    left -= 16;
  }
  uint64_t a = 0, b = 0;
  if (left >= 8) {
    a = muster_load64(p);
    b = muster_load64(p + left - 8);
  } else if (left >= 4) {
    a = muster_load32(p);
    b = muster_load32(p + left - 4);
  } else if (left > 0) {
    a = ((uint64_t)p[0] << 16) | ((uint64_t)p[left >> 1] << 8) | p[left - 1];
  }
  return muster_fold(h ^ a ^ k0, muster_fold(b ^ k2, (uint64_t)count ^ h ^ k1));
}

#endif
