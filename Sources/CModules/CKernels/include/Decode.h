/// Kernels that decode columns. The portable forms are in Swift; these are for processors of which muster_width says 64,
/// where PDEP is quick too.
#ifndef MUSTER_DECODE_H
#define MUSTER_DECODE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <cpuid.h>
#include <immintrin.h>

#define MUSTER_DECODES __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512vl")))
#define MUSTER_FOLDS __attribute__((target("sse4.1,pclmul")))

/// Eight packed values of `width` bits, 1 to 16; touches the 16 bytes from `p`.
static inline MUSTER_DECODES __m256i muster_eight(const uint8_t *p, int width) {
  uint64_t word;
  memcpy(&word, p, sizeof word);
  if (width <= 8) {
    uint64_t bytes = _pdep_u64(word, 0x0101010101010101ull * (0xFFu >> (8 - width)));
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)bytes));
  }
  const uint64_t mask = 0x0001000100010001ull * (0xFFFFu >> (16 - width));
  uint64_t next;
  memcpy(&next, p + (4 * width >> 3), sizeof next);
  uint64_t low = _pdep_u64(word, mask), high = _pdep_u64(next >> (4 * width & 7), mask);
  return _mm256_cvtepu16_epi32(_mm_set_epi64x((long long)high, (long long)low));
}

/// Unpacks `groups` times eight values of `width` bits, 1 to 16; reads up to 16 bytes behind the last group's first.
static inline MUSTER_DECODES void muster_unpack(const uint8_t *p, size_t groups, int width, uint32_t *out) {
  for (size_t group = 0; group < groups; group++) {
    _mm256_storeu_si256((__m256i *)(out + 8 * group), muster_eight(p + group * (size_t)width, width));
  }
}

/// Writes the running sum, from `previous` on, of `groups` times eight packed offsets of `width` bits, 1 to 16, each with
/// `least` added; returns the last. Reads as muster_unpack does.
static inline MUSTER_DECODES uint32_t muster_add_offsets(
    const uint8_t *p, size_t groups, int width, uint32_t least, uint32_t previous, int32_t *out) {
  const __m256i leasts = _mm256_set1_epi32((int)least), last = _mm256_set1_epi32(7), fourth = _mm256_set1_epi32(3);
  __m256i sum = _mm256_set1_epi32((int)previous);
  for (size_t group = 0; group < groups; group++) {
    __m256i v = _mm256_add_epi32(muster_eight(p + group * (size_t)width, width), leasts);
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    v = _mm256_add_epi32(v, _mm256_maskz_permutexvar_epi32(0xF0, fourth, v));
    v = _mm256_add_epi32(v, sum);
    _mm256_storeu_si256((__m256i *)(out + 8 * group), v);
    sum = _mm256_permutevar8x32_epi32(v, last);
  }
  return (uint32_t)_mm256_extract_epi32(sum, 0);
}

/// For `blocks` times sixteen codes the byte of `table` at each; at its last for all codes from 15 on.
static inline MUSTER_DECODES void muster_bytes_of_codes(
    const uint32_t *codes, size_t blocks, const uint8_t *table, uint8_t *out) {
  const __m128i bytes = _mm_loadu_si128((const __m128i *)table);
  const __m512i last = _mm512_set1_epi32(15);
  for (size_t block = 0; block < blocks; block++) {
    __m512i places = _mm512_min_epu32(_mm512_loadu_si512(codes + 16 * block), last);
    _mm_storeu_si128((__m128i *)(out + 16 * block), _mm_shuffle_epi8(bytes, _mm512_cvtepi32_epi8(places)));
  }
}

/// Writes the pairs, code above value, of those of `blocks` times sixteen rows whose byte of `selection` is 1, or of all
/// where that is null, without those whose code is all ones; returns how many. Writes up to eight behind the last of them.
static inline MUSTER_DECODES size_t muster_select_pairs(
    const uint32_t *codes, const uint32_t *values, const uint8_t *selection, size_t blocks, uint64_t *out) {
  const __m128i ones = _mm_set1_epi8(1);
  uint64_t *next = out;
  for (size_t block = 0; block < blocks; block++) {
    __m512i code = _mm512_loadu_si512(codes + 16 * block), value = _mm512_loadu_si512(values + 16 * block);
    __mmask16 kept = _mm512_cmpneq_epi32_mask(code, _mm512_set1_epi32(-1));
    if (selection) kept &= _mm_cmpeq_epi8_mask(_mm_loadu_si128((const __m128i *)(selection + 16 * block)), ones);
    // A register is stored whole: storing its chosen parts alone is slow on some processors.
    __m512i low = _mm512_or_si512(
        _mm512_slli_epi64(_mm512_cvtepu32_epi64(_mm512_castsi512_si256(code)), 32),
        _mm512_cvtepu32_epi64(_mm512_castsi512_si256(value)));
    _mm512_storeu_si512(next, _mm512_maskz_compress_epi64((__mmask8)kept, low));
    next += _mm_popcnt_u32(kept & 0xFF);
    __m512i high = _mm512_or_si512(
        _mm512_slli_epi64(_mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(code, 1)), 32),
        _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(value, 1)));
    _mm512_storeu_si512(next, _mm512_maskz_compress_epi64((__mmask8)(kept >> 8), high));
    next += _mm_popcnt_u32(kept >> 8);
  }
  return (size_t)(next - out);
}

static inline MUSTER_FOLDS __m128i muster_fold_once(__m128i state, __m128i constants, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(state, constants, 0x00), high = _mm_clmulepi64_si128(state, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// Sixteen bytes that have the remainder of the `blocks` times 16 bytes at `p`, at least four blocks, by the polynomial of
/// CRC-32: begun with all ones, to be gone on with from zero. Multiplication without carries: Gopal and others, Fast CRC
/// Computation for Generic Polynomials Using PCLMULQDQ Instruction, 2009.
static inline MUSTER_FOLDS void muster_crc_fold(const uint8_t *p, size_t blocks, uint8_t *state) {
  const __m128i *from = (const __m128i *)p;
  const __m128i by_four = _mm_set_epi64x(0x1C6E41596, 0x154442BD4), by_one = _mm_set_epi64x(0x0CCAA009E, 0x1751997D0);
  __m128i a = _mm_xor_si128(_mm_loadu_si128(from), _mm_cvtsi32_si128(-1)), b = _mm_loadu_si128(from + 1);
  __m128i c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
  size_t done = 4;
  for (; done + 4 <= blocks; done += 4) {
    a = muster_fold_once(a, by_four, _mm_loadu_si128(from + done));
    b = muster_fold_once(b, by_four, _mm_loadu_si128(from + done + 1));
    c = muster_fold_once(c, by_four, _mm_loadu_si128(from + done + 2));
    d = muster_fold_once(d, by_four, _mm_loadu_si128(from + done + 3));
  }
  a = muster_fold_once(muster_fold_once(muster_fold_once(a, by_one, b), by_one, c), by_one, d);
  for (; done < blocks; done++) a = muster_fold_once(a, by_one, _mm_loadu_si128(from + done));
  _mm_storeu_si128((__m128i *)state, a);
}

/// Whether the processor has what muster_crc_fold takes.
static inline int muster_folds(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c >> 1 & 1) && (c >> 19 & 1);
}
#else
// Never called: muster_width is 16 there.
static inline void muster_unpack(const uint8_t *p, size_t groups, int width, uint32_t *out) {}

static inline uint32_t muster_add_offsets(
    const uint8_t *p, size_t groups, int width, uint32_t least, uint32_t previous, int32_t *out) {
  return previous;
}

static inline void muster_bytes_of_codes(
    const uint32_t *codes, size_t blocks, const uint8_t *table, uint8_t *out) {}

static inline size_t muster_select_pairs(
    const uint32_t *codes, const uint32_t *values, const uint8_t *selection, size_t blocks, uint64_t *out) {
  return 0;
}

static inline void muster_crc_fold(const uint8_t *p, size_t blocks, uint8_t *state) {}

static inline int muster_folds(void) { return 0; }
#endif

#endif
