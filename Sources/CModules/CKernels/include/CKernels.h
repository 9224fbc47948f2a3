/// Header-only kernels: what Swift cannot say as fast.
/// Each has a portable form; intrinsics are chosen by the compiler's target.
#ifndef MUSTER_CKERNELS_H
#define MUSTER_CKERNELS_H

#include "Decode.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <cpuid.h>
#include <immintrin.h>
#endif

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

/// The bytes of a short text, zeros behind them.
typedef struct {
  uint64_t head, tail;
} muster_short_text;

/// A text of at most 16 bytes, of which as many are readable.
static inline muster_short_text muster_short(const uint8_t *p, size_t count) {
  static const uint8_t masks[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  const uint8_t *mask = masks + 16 - count;
  muster_short_text text = {muster_load64(p) & muster_load64(mask), muster_load64(p + 8) & muster_load64(mask + 8)};
  return text;
}

/// Asks for the cache line at `p`, to be read soon.
static inline void muster_prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }

/// As muster_prefetch, to be written soon.
static inline void muster_prefetch_write(const void *p) { __builtin_prefetch(p, 1, 3); }

/// The portable form of muster_string_special.
static inline const uint8_t *muster_string_special_portable(const uint8_t *p) {
  const uint64_t ones = 0x0101010101010101ull, highs = 0x8080808080808080ull;
  for (;; p += 8) {
    uint64_t w = muster_load64(p), quote = w ^ (ones * 0x22), slash = w ^ (ones * 0x5C);
    // Of these marks only the lowest is exact, which is the one that is asked for.
    uint64_t marks = (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((w - ones * 0x20) & ~w)) & highs;
    if (marks) return p + (__builtin_ctzll(marks) >> 3);
  }
}

#if defined(__SSE2__)
/// A bit for each of the 16 bytes at `p` that muster_string_special looks for.
static inline uint32_t muster_special_marks(const uint8_t *p) {
  const __m128i quote = _mm_set1_epi8(0x22), slash = _mm_set1_epi8(0x5C), control = _mm_set1_epi8(0x1F);
  __m128i b = _mm_loadu_si128((const __m128i *)p);
  __m128i low = _mm_cmpeq_epi8(_mm_max_epu8(b, control), control);
  __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(b, quote), _mm_cmpeq_epi8(b, slash)), low);
  return (uint32_t)_mm_movemask_epi8(hit);
}
#endif

/// The first `"`, `\` or byte below 0x20 at or behind `p`. There must be one; 32 bytes behind it are readable.
/// 32 bytes a step: most texts of a log end within the first, which costs no guess of the processor.
static inline const uint8_t *muster_string_special(const uint8_t *p) {
#if defined(__SSE2__)
  for (;; p += 32) {
    uint32_t marks = muster_special_marks(p) | muster_special_marks(p + 16) << 16;
    if (marks) return p + __builtin_ctz(marks);
  }
#else
  return muster_string_special_portable(p);
#endif
}

/// The portable form of muster_is_plain.
static inline int muster_is_plain_portable(const uint8_t *p, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (p[i] == 0 || p[i] >= 0x80) return 0;
  return 1;
}

/// Whether none of `count` bytes is 0 or has its high bit set.
static inline int muster_is_plain(const uint8_t *p, size_t count) {
#if defined(__SSE2__)
  const __m128i zero = _mm_setzero_si128();
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    __m128i a = _mm_loadu_si128((const __m128i *)(p + i)), b = _mm_loadu_si128((const __m128i *)(p + i + 16));
    __m128i c = _mm_loadu_si128((const __m128i *)(p + i + 32)), d = _mm_loadu_si128((const __m128i *)(p + i + 48));
    __m128i high = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
    __m128i least = _mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d));
    if (_mm_movemask_epi8(_mm_or_si128(high, _mm_cmpeq_epi8(least, zero)))) return 0;
  }
  return muster_is_plain_portable(p + i, count - i);
#else
  return muster_is_plain_portable(p, count);
#endif
}

/// Asks the allocator to keep what is freed rather than to give it back to the system.
void muster_keep_freed_memory(void);

#include "Lines.h"

#endif
