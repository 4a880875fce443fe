// The words of a server's configuration: names, quoted strings and the signs between them. What
// lighttpd's and nginx's languages have in common. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct ConfigWord {
  std::string text;
  int line = 0;
  bool quoted = false;
  // Whether it is this sign or unquoted name.
  bool is(std::string_view sign) const { return !quoted && text == sign; }
};

// `signs`: the characters that are words of their own; two-character signs ("=>", "+=") come as one
// word if both are signs and stand together. '#' begins a comment. A string without its end goes to
// the end of the text.
std::vector<ConfigWord> config_words(std::string_view text, std::string_view signs);

// Whether two words are the same but for case, as OpenSSL and the servers compare them.
bool same_word(std::string_view left, std::string_view right);

}  // namespace tuner
