#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t code_point) {
  return std::ranges::any_of(ranges, [=](const Range& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

// Unicode's EastAsianWidth.txt, W and F, simplified to blocks: a caret one column off is harmless.
constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x4DBF},
    Range{0x4E00, 0xA4CF},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},
    Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF},
    Range{0x20000, 0x3FFFD}};

constexpr std::array kZeroWidth = {Range{0x0300, 0x036F}, Range{0x200B, 0x200D},
                                   Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
                                   Range{0xFE20, 0xFE2F}};

// Bidirectional overrides make a line look different from what is parsed (CVE-2021-42574).
constexpr std::array kControls = {Range{0x00, 0x1F}, Range{0x7F, 0x9F}, Range{0x2028, 0x202E},
                                  Range{0x2066, 0x2069}, Range{0xFEFF, 0xFEFF}};

// Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt) and interlinear annotations:
// terminals and browsers do not draw them.
constexpr std::array kUnseen = {
    Range{0x00AD, 0x00AD},  Range{0x034F, 0x034F},   Range{0x061C, 0x061C},
    Range{0x115F, 0x1160},  Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
    Range{0x200B, 0x200F},  Range{0x2060, 0x206F},   Range{0x3164, 0x3164},
    Range{0xFE00, 0xFE0F},  Range{0xFEFF, 0xFEFF},   Range{0xFFA0, 0xFFA0},
    Range{0xFFF0, 0xFFFB},  Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A},
    Range{0xE0000, 0xE0FFF}};

// The last two code points of each plane, and U+FDD0 to U+FDEF. XML cannot contain U+FFFE, U+FFFF.
bool is_noncharacter(char32_t code_point) {
  return (code_point & 0xFFFEU) == 0xFFFEU || (code_point >= 0xFDD0 && code_point <= 0xFDEF);
}

// The smallest code point by number of bytes; smaller values are overlong forms.
constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};

// 0xC0 and 0xC1 begin overlong forms only, 0xF5 and above code points beyond U+10FFFF (RFC 3629).
// An overlong '<' would pass a filter that compares bytes.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool is_printable_ascii(char c) {
  return c >= ' ' && c < '\x7f';
}

}  // namespace

CodePoint decode(std::string_view text) {
  if (text.empty()) return {};
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(lead);
  if (length == 1) return {.value = lead, .bytes = 1};
  if (length == 0 || text.size() < length) return {};
  // The lead byte of 2, 3 or 4 bytes has 5, 4 or 3 bits of the value (RFC 3629, 3).
  char32_t value = lead & (0x7FU >> length);
  for (const char c : text.substr(1, length - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || surrogate || value > 0x10FFFF) return {};
  return {.value = value, .bytes = length};
}

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint next = decode(text.substr(at));
    if (next.bytes == 0) return at;
    at += next.bytes;
  }
  return std::string_view::npos;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    // An invalid byte counts as one character, so the loop always advances.
    text.remove_prefix(std::max<std::size_t>(1, decode(text).bytes));
    ++count;
  }
  return count;
}

int display_width(char32_t code_point) {
  if (is_in(kZeroWidth, code_point)) return 0;
  return is_in(kWide, code_point) ? 2 : 1;
}

bool is_control(char32_t code_point) {
  return is_in(kControls, code_point);
}

bool is_hidden(char32_t code_point) {
  return is_control(code_point) || is_in(kUnseen, code_point) || is_noncharacter(code_point);
}

std::size_t append_escaped(std::string& shown, std::string_view text) {
  if (is_printable_ascii(text.front())) {  // fast path
    shown += text.front();
    return 1;
  }
  const CodePoint next = decode(text);
  const auto value = static_cast<unsigned>(next.value);
  if (next.bytes == 0 || (value < 0x80 && is_hidden(next.value))) {
    shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    return 1;
  }
  if (!is_hidden(next.value))
    shown += text.substr(0, next.bytes);
  else
    shown += value <= 0xFFFF ? fmt::format("\\u{:04x}", value) : fmt::format("\\U{:08x}", value);
  return next.bytes;
}

std::string in_quotes(std::string_view text) {
  constexpr int kLongest = 60;
  std::string shown = "'";
  for (int count = 0; !text.empty(); ++count) {
    if (count == kLongest) return shown + "…'";
    text.remove_prefix(append_escaped(shown, text));
  }
  return shown + "'";
}

std::string escape_controls(std::string_view text,
                            const std::function<std::size_t(std::string_view)>& passes) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    // Printable ASCII stays as it is, whether it passes or not: nearly all of the text, at once.
    const auto* const end = std::ranges::find_if_not(text, is_printable_ascii);
    shown.append(text.begin(), end);
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    if (text.empty()) break;
    const std::size_t bytes = passes(text);
    if (bytes > 0) {
      shown += text.substr(0, bytes);
      text.remove_prefix(bytes);
    } else {
      text.remove_prefix(append_escaped(shown, text));
    }
  }
  return shown;
}

std::string escaped_line(std::string_view text) {
  return escape_controls(text, [](std::string_view) { return std::size_t{0}; });
}

}  // namespace tuner
