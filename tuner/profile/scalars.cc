#include "profile/scalars.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace tuner {
namespace {

tl::unexpected<ScalarFault> refuse(Code code, std::string message, std::string hint = {}) {
  return tl::unexpected<ScalarFault>({code, std::move(message), std::move(hint)});
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return result;
}

// Text that was probably meant as a number: "5", "-5", "+5", ".5", "0x10", "16M".
bool looks_like_number(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-') || text.starts_with('.'))
    text.remove_prefix(1);
  return !text.empty() && is_digit(text.front());
}

// -?(0|[1-9][0-9]*)
//
// YAML 1.1 reads 010 as 8 and 1:30 as 90, YAML 1.2 does not. Only texts that all readers take for
// the same number are accepted.
bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return false;
  return text == "0" || text.front() != '0';
}

bool is_list_of_numbers(std::string_view text) {
  const auto fields = split_whitespace(text);
  return fields.size() > 1 && std::ranges::all_of(fields, is_decimal);
}

std::optional<std::int64_t> parse_base(std::string_view digits, int base) {
  std::int64_t number = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number, base);
  return error == std::errc{} && end == last ? std::optional(number) : std::nullopt;
}

std::string write_it(std::optional<std::int64_t> number) {
  return number ? fmt::format("write {}", *number) : "write it as a decimal number";
}

// "16M" and "64KiB": suffixes are powers of 1024. Only used for the hint.
std::optional<std::int64_t> parse_suffixed(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_integer(text.substr(0, digits));
  const std::string suffix = lower(text.substr(digits));
  static constexpr std::string_view kSuffixes[] = {"k", "m", "g"};
  for (int power = 1; power <= 3; ++power) {
    const std::string_view letter = kSuffixes[power - 1];
    // Below 2^32, 2^30 times the number fits in 63 bits.
    const bool fits = number && *number < (std::int64_t{1} << 32);
    if (fits && (suffix == letter || suffix == std::string(letter) + "ib"))
      return *number * (std::int64_t{1} << (10 * power));
  }
  return std::nullopt;
}

std::string without(std::string_view text, std::string_view unwanted) {
  std::string result(text);
  std::erase_if(result, [&](char c) { return unwanted.find(c) != std::string_view::npos; });
  return result;
}

std::string integer_hint(std::string_view text) {
  const std::string low = lower(text);
  if (low.starts_with("0x")) return write_it(parse_base(text.substr(2), 16));
  if (low.starts_with("0o")) return write_it(parse_base(text.substr(2), 8));
  if (low.starts_with("0b")) return write_it(parse_base(text.substr(2), 2));
  if (is_decimal(text)) return "it does not fit in 64 bits";
  if (!text.empty() && std::ranges::all_of(text, is_digit))
    return fmt::format("with a leading zero some readers take it for octal; {}",
                       write_it(parse_integer(text)));
  if (text.starts_with('+')) return write_it(parse_integer(text.substr(1)));
  if (text.find_first_of("_,'") != std::string_view::npos)
    return write_it(parse_integer(without(text, "_,'")));
  return write_it(parse_suffixed(text));
}

// YAML 1.1 reads yes, no, on, off, y and n as booleans; YAML 1.2 reads them as text.
bool is_boolean_word(std::string_view text) {
  static constexpr std::string_view kWords[] = {"true", "false", "yes", "no",
                                                "on",   "off",   "y",   "n"};
  return std::ranges::count(kWords, lower(text)) > 0;
}

bool means_true(std::string_view text) {
  const std::string low = lower(text);
  return low == "true" || low == "yes" || low == "on" || low == "y" || low == "1";
}

std::optional<char32_t> find_control(std::string_view text, std::string_view allowed) {
  while (!text.empty()) {
    const CodePoint next = decode(text);
    const bool fine = allowed.find(text.front()) != std::string_view::npos;
    if (is_control(next.value) && !fine) return next.value;
    text.remove_prefix(std::max<std::size_t>(1, next.bytes));
  }
  return std::nullopt;
}

tl::unexpected<ScalarFault> refuse_control(char32_t control) {
  return refuse("control-character",
                fmt::format("an escape in this text means U+{:04X}, a control character",
                            static_cast<unsigned>(control)),
                "remove it");
}

}  // namespace

Scalar<std::int64_t> read_integer(const YamlNode& node) {
  const std::string shown = in_quotes(node.text);
  if (is_list_of_numbers(node.text)) {
    std::string list;
    for (const std::string_view field : split_whitespace(node.text))
      list += fmt::format("{}{}", list.empty() ? "" : ", ", field);
    return refuse("list-as-text", shown + " is several numbers in one text",
                  fmt::format("write a list: [{}]", list));
  }
  if (!node.plain && is_decimal(node.text))
    return refuse("quoted-number", "the number " + shown + " is in quotes", "write " + node.text);
  if (node.plain && is_decimal(node.text)) {
    if (const auto number = parse_integer(node.text)) return *number;
  }
  return refuse("bad-integer", shown + " is not a decimal integer", integer_hint(node.text));
}

Scalar<bool> read_boolean(const YamlNode& node) {
  if (node.plain && node.text == "true") return true;
  if (node.plain && node.text == "false") return false;
  const bool guess = is_boolean_word(node.text) || node.text == "0" || node.text == "1";
  std::string hint = "write true or false";
  if (guess) hint = means_true(node.text) ? "write true" : "write false";
  const std::string_view what = node.plain ? " is not true or false" : " in quotes is text";
  return refuse("bad-boolean", in_quotes(node.text) + std::string(what), std::move(hint));
}

Scalar<std::string> read_text(const YamlNode& node) {
  if (const auto control = find_control(node.text, "\n\t")) return refuse_control(*control);
  if (node.plain && (is_decimal(node.text) || is_boolean_word(node.text)))
    return refuse("bad-value", in_quotes(node.text) + " is not text to every YAML reader",
                  "put quotes around it");
  std::string text(trim(node.text));
  std::ranges::replace(text, '\n', ' ');
  if (text.empty()) return refuse("bad-value", "an empty text");
  return text;
}

// Stricter than read_text(): a word is compared and written, so no blank is trimmed and no line
// joined.
Scalar<std::string> read_word(const YamlNode& node) {
  if (const auto control = find_control(node.text, "")) return refuse_control(*control);
  if (trim(node.text).empty()) return refuse("bad-value", "an empty text");
  if (node.plain && (looks_like_number(node.text) || is_boolean_word(node.text)))
    return refuse("bad-value", in_quotes(node.text) + " is not a word to every YAML reader",
                  "if this text is meant, put quotes around it");
  return node.text;
}

Scalar<Value> read_integer_or_word(const YamlNode& node) {
  // A number in quotes goes there, too: read_integer() refuses it with the reason.
  const bool number = node.plain ? looks_like_number(node.text) : is_decimal(node.text);
  if (number || is_list_of_numbers(node.text)) {
    const auto integer = read_integer(node);
    if (!integer) return tl::unexpected<ScalarFault>(integer.error());
    return Value(*integer);
  }
  if (node.plain && is_boolean_word(node.text)) {
    return refuse("bad-boolean", in_quotes(node.text) + " where a number or a word is expected",
                  means_true(node.text) ? "write 1" : "write 0");
  }
  auto word = read_word(node);
  if (!word) return tl::unexpected<ScalarFault>(std::move(word.error()));
  return Value(std::move(*word));
}

}  // namespace tuner
