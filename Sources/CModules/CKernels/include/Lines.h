/// Lines of text: where they end, where their marks are, and what lies between the marks.
#ifndef MUSTER_LINES_H
#define MUSTER_LINES_H

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

/// What lies between two texts of a line, the quotes of both included: its bytes, and a bit for each of them.
typedef struct {
  uint8_t bytes[32];
  uint32_t mask;
  /// Of bytes, at most 32.
  uint32_t count;
} muster_gap;

/// What is alike in lines of one shape.
typedef struct {
  /// What lies before each text, and behind them what ends the line, 32 bytes each but for the last.
  const muster_gap *gaps;
  /// Of texts, and of gaps that end the line.
  uint32_t count, tail_gap_count;
  /// Of what ends the line.
  uint32_t tail_byte_count, tail_quote_count;
} muster_shape;

/// A text where it lies.
typedef struct {
  const uint8_t *start;
  size_t count;
} muster_text;

/// Lines that are looked at together, at most.
#define MUSTER_LINES 32

/// What muster_shaped_lines finds.
typedef struct {
  /// Of lines of the shape, one behind another.
  size_t line_count;
  /// Where the line behind them begins.
  size_t end;
} muster_shaped;

/// The portable form of muster_unlike.
static inline uint32_t muster_unlike_portable(const uint8_t *p, const muster_gap *gap) {
  uint32_t unlike = 0;
  for (int i = 0; i < 32; i++) unlike |= (uint32_t)(p[i] != gap->bytes[i]) << i;
  return unlike & gap->mask;
}

/// A bit for each byte of `gap` that does not lie at `p`, of which 32 bytes are readable.
static inline uint32_t muster_unlike(const uint8_t *p, const muster_gap *gap) {
#if defined(__SSE2__)
  __m128i a = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_loadu_si128((const __m128i *)gap->bytes));
  __m128i b = _mm_cmpeq_epi8(
      _mm_loadu_si128((const __m128i *)(p + 16)), _mm_loadu_si128((const __m128i *)(gap->bytes + 16)));
  return gap->mask & ~((uint32_t)_mm_movemask_epi8(a) | (uint32_t)_mm_movemask_epi8(b) << 16);
#else
  return muster_unlike_portable(p, gap);
#endif
}

/// Looks at lines of JSON from `p` on, as long as they are plain and have `shape`; at most `line_max` lines, and not more
/// than MUSTER_LINES. `texts` gets MUSTER_LINES a text of the shape: those of the first, then those of the next. There
/// are 64 readable bytes behind `limit`. `places` is room for `room` numbers, at least 80.
///
/// Quotes and line breaks are looked for in all of the lines first. Then nothing is searched for: a line has as many of
/// both as its shape, and each text ends at the quote whose number is known.
static inline __attribute__((always_inline)) muster_shaped muster_shaped_lines_by(
    const uint8_t *p, size_t limit, const muster_shape *shape, muster_text *texts, size_t line_max,
    uint32_t *places, uint32_t room, muster_marks (*marks_of)(const uint8_t *, muster_sought),
    void (*places_of)(uint64_t, uint32_t, uint32_t *), uint32_t (*unlike)(const uint8_t *, const muster_gap *)) {
  const muster_sought json = {0x22, 0x5C, 0x20};
  muster_shaped found = {0, 0};
  uint32_t place_count = 0;
  size_t break_count = 0;
  uint64_t strange = 0;
  for (size_t at = 0; at < limit && !strange && break_count < line_max && place_count + 80 <= room; at += 64) {
    __builtin_prefetch(p + at + 1024, 0, 3);
    muster_marks m = marks_of(p + at, json);
    uint64_t inside = limit - at < 64 ? (1ull << (limit - at)) - 1 : ~0ull;
    strange = (m.odd | m.high) & inside;
    if (strange) inside = (strange & -strange) - 1;
    uint64_t both = (m.marks | m.breaks) & inside;
    places_of(both, (uint32_t)at, places + place_count);
    place_count += (uint32_t)__builtin_popcountll(both);
    break_count += (size_t)__builtin_popcountll(m.breaks & inside);
  }
  const muster_gap *gaps = shape->gaps;
  uint32_t count = shape->count;
  // The quote that ends the last text is the tail's first one, too.
  uint32_t line_place_count = 4 * count + shape->tail_quote_count;
  while (found.line_count < line_max && place_count >= line_place_count) {
    const uint8_t *end = p + found.end, *stop = p + places[line_place_count - 1];
    muster_text *text = texts + found.line_count;
    uint32_t odd = 0;
    for (uint32_t i = 0; i < count; i++, text += MUSTER_LINES) {
      odd |= unlike(end, gaps + i);
      text->start = end + gaps[i].count;
      end = p + places[4 * i + 3];
      text->count = (size_t)(end - text->start);
    }
    if (odd || end + shape->tail_byte_count != stop || *stop != 0x0A) break;
    for (uint32_t i = 0; i < shape->tail_gap_count; i++) odd |= unlike(end + 32 * i, gaps + count + i);
    if (odd) break;
    end = stop;
    found.end = (size_t)(end - p) + 1;
    found.line_count++;
    places += line_place_count;
    place_count -= line_place_count;
  }
  return found;
}

/// As muster_shaped_lines_by, in the form that every processor has.
static inline muster_shaped muster_shaped_lines(
    const uint8_t *p, size_t limit, const muster_shape *shape, muster_text *texts, size_t line_max,
    uint32_t *places, uint32_t room) {
  return muster_shaped_lines_by(
      p, limit, shape, texts, line_max, places, room, muster_marks_of, muster_places_of, muster_unlike);
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

/// muster_shaped_lines for processors of which muster_width says 32 or more.
static inline MUSTER_WIDE muster_shaped muster_shaped_lines_wide(
    const uint8_t *p, size_t limit, const muster_shape *shape, muster_text *texts, size_t line_max,
    uint32_t *places, uint32_t room) {
  return muster_shaped_lines_by(
      p, limit, shape, texts, line_max, places, room, muster_marks_of_wide, muster_places_of, muster_unlike);
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

/// muster_unlike, all 32 bytes at once.
static inline MUSTER_WIDEST uint32_t muster_unlike_widest(const uint8_t *p, const muster_gap *gap) {
  __m256i bytes = _mm256_loadu_si256((const __m256i *)gap->bytes);
  return _mm256_mask_cmpneq_epi8_mask(gap->mask, _mm256_loadu_si256((const __m256i *)p), bytes);
}

/// muster_shaped_lines for processors of which muster_width says 64.
static inline MUSTER_WIDEST muster_shaped muster_shaped_lines_widest(
    const uint8_t *p, size_t limit, const muster_shape *shape, muster_text *texts, size_t line_max,
    uint32_t *places, uint32_t room) {
  return muster_shaped_lines_by(
      p, limit, shape, texts, line_max, places, room, muster_marks_of_widest, muster_places_of_widest,
      muster_unlike_widest);
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

static inline muster_shaped muster_shaped_lines_wide(
    const uint8_t *p, size_t limit, const muster_shape *shape, muster_text *texts, size_t line_max,
    uint32_t *places, uint32_t room) {
  return muster_shaped_lines(p, limit, shape, texts, line_max, places, room);
}

static inline muster_shaped muster_shaped_lines_widest(
    const uint8_t *p, size_t limit, const muster_shape *shape, muster_text *texts, size_t line_max,
    uint32_t *places, uint32_t room) {
  return muster_shaped_lines(p, limit, shape, texts, line_max, places, room);
}

static inline muster_marks muster_marks_of_wide(const uint8_t *p, muster_sought sought) {
  return muster_marks_of(p, sought);
}

static inline muster_marks muster_marks_of_widest(const uint8_t *p, muster_sought sought) {
  return muster_marks_of(p, sought);
}

static inline uint32_t muster_unlike_widest(const uint8_t *p, const muster_gap *gap) { return muster_unlike(p, gap); }

static inline int muster_width(void) { return 16; }
#endif

#endif
