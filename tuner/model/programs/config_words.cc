#include "model/programs/config_words.h"

#include <algorithm>
#include <cctype>

namespace tuner {
namespace {

class Words {
 public:
  Words(std::string_view text, std::string_view signs) : text_(text), signs_(signs) {}

  std::vector<ConfigWord> all() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        ++at_;
      } else if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == '"' || c == '\'') {
        take_string(c);
      } else if (is_sign(at_)) {
        take_sign();
      } else {
        take_name();
      }
    }
    return std::move(words_);
  }

 private:
  bool is_sign(std::size_t at) const {
    return at < text_.size() && signs_.find(text_[at]) != std::string_view::npos;
  }

  void take_string(char quote) {
    ConfigWord word{.text = {}, .line = line_, .quoted = true};
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      if (text_[at_] == '\n') ++line_;
      word.text += text_[at_];
    }
    ++at_;
    words_.push_back(std::move(word));
  }

  void take_sign() {
    // "=>" and "+=" of lighttpd are one sign each.
    const bool pair = text_[at_] != '(' && text_[at_] != ')' && is_sign(at_ + 1) &&
                      (text_.substr(at_, 2) == "=>" || text_.substr(at_, 2) == "+=");
    words_.push_back({.text = std::string(text_.substr(at_, pair ? 2 : 1)), .line = line_});
    at_ += pair ? 2 : 1;
  }

  void take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_sign(at_) && text_[at_] != '"' &&
           std::isspace(static_cast<unsigned char>(text_[at_])) == 0)
      ++at_;
    words_.push_back({.text = std::string(text_.substr(begin, at_ - begin)), .line = line_});
  }

  std::string_view text_;
  std::string_view signs_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<ConfigWord> words_;
};

}  // namespace

bool same_word(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

std::vector<ConfigWord> config_words(std::string_view text, std::string_view signs) {
  return Words(text, signs).all();
}

}  // namespace tuner
