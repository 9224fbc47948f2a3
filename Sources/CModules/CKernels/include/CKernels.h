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

/// What muster_line finds.
typedef struct {
  /// Of the line break, or `limit` where there is none before it.
  size_t end;
  uint32_t mark_count;
  /// No odd byte, and no more marks than there is room for.
  uint8_t is_ordinary;
  /// A byte has its high bit set.
  uint8_t has_high;
} muster_line_marks;

/// What is looked for in a line besides its break.
typedef struct {
  /// Of these the places are noted: quotes in JSON, delimiters in rows.
  uint8_t mark;
  /// This one is odd, and so are all below `below` but the line break.
  uint8_t odd, below;
} muster_sought;

/// Marks of 64 bytes, a bit each.
typedef struct {
  uint64_t marks, breaks, odd, high;
} muster_marks;

/// The portable form of muster_marks_of.
static inline muster_marks muster_marks_of_portable(const uint8_t *p, muster_sought sought) {
  muster_marks m = {0, 0, 0, 0};
  for (int i = 0; i < 64; i++) {
    uint64_t bit = 1ull << i;
    if (p[i] == sought.mark) m.marks |= bit;
    if (p[i] == 0x0A) m.breaks |= bit;
    if (p[i] != 0x0A && (p[i] == sought.odd || p[i] < sought.below)) m.odd |= bit;
    if (p[i] >= 0x80) m.high |= bit;
  }
  return m;
}

/// Marks, line breaks, odd bytes and bytes beyond ASCII, of 64 bytes. What is sought is ASCII.
static inline muster_marks muster_marks_of(const uint8_t *p, muster_sought sought) {
#if defined(__SSE2__)
  const __m128i mark = _mm_set1_epi8((char)sought.mark), strange = _mm_set1_epi8((char)sought.odd);
  const __m128i lf = _mm_set1_epi8(0x0A), below = _mm_set1_epi8((char)sought.below);
  muster_marks m = {0, 0, 0, 0};
  for (int i = 0; i < 4; i++) {
    __m128i b = _mm_loadu_si128((const __m128i *)(p + 16 * i));
    // As signed numbers the bytes beyond ASCII lie below, too.
    __m128i odd = _mm_or_si128(_mm_cmpgt_epi8(below, b), _mm_cmpeq_epi8(b, strange));
    m.marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, mark)) << (16 * i);
    m.breaks |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, lf)) << (16 * i);
    m.high |= (uint64_t)(uint32_t)_mm_movemask_epi8(b) << (16 * i);
    m.odd |= (uint64_t)(uint32_t)_mm_movemask_epi8(odd) << (16 * i);
  }
  m.odd &= ~(m.high | m.breaks);
  return m;
#else
  return muster_marks_of_portable(p, sought);
#endif
}

/// Writes the numbers of the bits of `marks`, each plus `offset`, to `places`, which has room for 16 more.
static inline void muster_places_of(uint64_t marks, uint32_t offset, uint32_t *places) {
  // Eight a step, whether there are as many or not: no guess of the processor for each.
  while (marks) {
    for (int i = 0; i < 8; i++) {
      *places++ = offset + (uint32_t)__builtin_ctzll(marks | 1ull << 63);
      marks &= marks - 1;
    }
  }
}

/// Looks at the line at `p` once: where it ends, and the offsets of its marks, at most `room` of them.
/// There are 64 readable bytes behind `limit`. `marks_of` looks at 64 bytes, `places_of` writes their marks out.
static inline __attribute__((always_inline)) muster_line_marks muster_line_by(
    const uint8_t *p, size_t limit, muster_sought sought, uint32_t *places, uint32_t room,
    muster_marks (*marks_of)(const uint8_t *, muster_sought), void (*places_of)(uint64_t, uint32_t, uint32_t *)) {
  muster_line_marks line = {limit, 0, 1, 0};
  uint64_t odd = 0, high = 0;
  int is_last = 0;
  for (size_t at = 0; at < limit && !is_last; at += 64) {
    muster_marks m = marks_of(p + at, sought);
    uint64_t inside = limit - at < 64 ? (1ull << (limit - at)) - 1 : ~0ull;
    if (m.breaks & inside) {
      unsigned stop = (unsigned)__builtin_ctzll(m.breaks);
      inside = (1ull << stop) - 1;
      line.end = at + stop;
      is_last = 1;
    }
    odd |= m.odd & inside;
    high |= m.high & inside;
    uint64_t found = m.marks & inside;
    uint32_t count = (uint32_t)__builtin_popcountll(found);
    if (line.mark_count + count + 16 > room) {
      line.is_ordinary = 0;
      continue;
    }
    places_of(found, (uint32_t)at, places + line.mark_count);
    line.mark_count += count;
  }
  line.is_ordinary &= odd == 0;
  line.has_high = high != 0;
  return line;
}

/// As muster_line_by, in the form that every processor has.
static inline muster_line_marks muster_line(
    const uint8_t *p, size_t limit, muster_sought sought, uint32_t *places, uint32_t room) {
  return muster_line_by(p, limit, sought, places, room, muster_marks_of, muster_places_of);
}

#if defined(__SSE2__)
#define MUSTER_WIDE __attribute__((target("avx2,bmi,popcnt")))

/// muster_marks_of, 32 bytes at a time.
static inline MUSTER_WIDE muster_marks muster_marks_of_wide(const uint8_t *p, muster_sought sought) {
  const __m256i mark = _mm256_set1_epi8((char)sought.mark), strange = _mm256_set1_epi8((char)sought.odd);
  const __m256i lf = _mm256_set1_epi8(0x0A), below = _mm256_set1_epi8((char)sought.below);
  muster_marks m = {0, 0, 0, 0};
  for (int i = 0; i < 2; i++) {
    __m256i b = _mm256_loadu_si256((const __m256i *)(p + 32 * i));
    __m256i odd = _mm256_or_si256(_mm256_cmpgt_epi8(below, b), _mm256_cmpeq_epi8(b, strange));
    m.marks |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, mark)) << (32 * i);
    m.breaks |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, lf)) << (32 * i);
    m.high |= (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << (32 * i);
    m.odd |= (uint64_t)(uint32_t)_mm256_movemask_epi8(odd) << (32 * i);
  }
  m.odd &= ~(m.high | m.breaks);
  return m;
}

/// muster_line for processors of which muster_width says 32 or more.
static inline MUSTER_WIDE muster_line_marks muster_line_wide(
    const uint8_t *p, size_t limit, muster_sought sought, uint32_t *places, uint32_t room) {
  return muster_line_by(p, limit, sought, places, room, muster_marks_of_wide, muster_places_of);
}

#define MUSTER_WIDEST __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512vl,avx512vbmi2")))

/// muster_marks_of, all 64 bytes at once.
static inline MUSTER_WIDEST muster_marks muster_marks_of_widest(const uint8_t *p, muster_sought sought) {
  __m512i b = _mm512_loadu_si512(p);
  muster_marks m;
  m.marks = _mm512_cmpeq_epi8_mask(b, _mm512_set1_epi8((char)sought.mark));
  m.breaks = _mm512_cmpeq_epi8_mask(b, _mm512_set1_epi8(0x0A));
  m.high = _mm512_movepi8_mask(b);
  m.odd = _mm512_cmplt_epu8_mask(b, _mm512_set1_epi8((char)sought.below));
  m.odd |= _mm512_cmpeq_epi8_mask(b, _mm512_set1_epi8((char)sought.odd));
  m.odd &= ~m.breaks;
  return m;
}

/// muster_places_of, sixteen at a time.
static inline MUSTER_WIDEST void muster_places_of_widest(uint64_t marks, uint32_t offset, uint32_t *places) {
  const __m512i numbers = _mm512_set_epi64(
      0x3F3E3D3C3B3A3938, 0x3736353433323130, 0x2F2E2D2C2B2A2928, 0x2726252423222120, 0x1F1E1D1C1B1A1918,
      0x1716151413121110, 0x0F0E0D0C0B0A0908, 0x0706050403020100);
  __m512i found = _mm512_maskz_compress_epi8(marks, numbers), base = _mm512_set1_epi32((int)offset);
  _mm512_storeu_si512(places, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found))));
  for (int count = __builtin_popcountll(marks) - 16; count > 0; count -= 16) {
    places += 16;
    found = _mm512_shuffle_i64x2(found, found, 0x39);
    _mm512_storeu_si512(places, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found))));
  }
}

/// muster_line for processors of which muster_width says 64.
static inline MUSTER_WIDEST muster_line_marks muster_line_widest(
    const uint8_t *p, size_t limit, muster_sought sought, uint32_t *places, uint32_t room) {
  return muster_line_by(p, limit, sought, places, room, muster_marks_of_widest, muster_places_of_widest);
}

/// Bytes in the widest registers of which processor and system have all that is used here: 64 (AVX-512 with VBMI2),
/// 32 (AVX2 with BMI1) or 16.
static inline int muster_width(void) {
  unsigned a, b, c, d, low, high;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c >> 27 & 1) == 0 || (c >> 23 & 1) == 0) return 16;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6) != 6 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 16;
  if (!((b >> 5 & 1) && (b >> 3 & 1))) return 16;
  const unsigned wanted = 1u << 8 | 1u << 16 | 1u << 30 | 1u << 31;
  return (low & 0xE0) == 0xE0 && (b & wanted) == wanted && (c >> 6 & 1) ? 64 : 32;
}
#else
static inline muster_line_marks muster_line_wide(
    const uint8_t *p, size_t limit, muster_sought sought, uint32_t *places, uint32_t room) {
  return muster_line(p, limit, sought, places, room);
}

static inline muster_line_marks muster_line_widest(
    const uint8_t *p, size_t limit, muster_sought sought, uint32_t *places, uint32_t room) {
  return muster_line(p, limit, sought, places, room);
}

static inline muster_marks muster_marks_of_wide(const uint8_t *p, muster_sought sought) {
  return muster_marks_of(p, sought);
}

static inline muster_marks muster_marks_of_widest(const uint8_t *p, muster_sought sought) {
  return muster_marks_of(p, sought);
}

static inline int muster_width(void) { return 16; }
#endif

/// Asks the allocator to keep what is freed rather than to give it back to the system.
void muster_keep_freed_memory(void);

#endif
