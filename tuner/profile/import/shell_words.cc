#include "profile/import/shell_words.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace tuner::importing {
namespace {

bool is_computed(char c) {
  return c == '$' || c == '`' || c == '(' || c == ')';
}

// Splits one line. '>' and '|' are words of their own.
class Splitter {
 public:
  bool take(std::string_view line) {
    for (const char c : line) {
      if (quote_ != '\0') {
        if (!take_quoted(c)) return false;
      } else if (!take_plain(c)) {
        return false;
      }
    }
    end_word();
    return quote_ == '\0';
  }
  std::vector<std::string> words() { return std::move(words_); }

 private:
  bool take_quoted(char c) {
    if (c == quote_) {
      quote_ = '\0';
      return true;
    }
    // What the shell computes within double quotes is not known here.
    if (quote_ == '"' && (is_computed(c) || c == '\\')) return false;
    word_ += c;
    return true;
  }

  bool take_plain(char c) {
    // Nor is a line understood that has several commands, or reads a file.
    if (is_computed(c) || c == '\\' || c == '&' || c == ';' || c == '<') return false;
    if (c == '"' || c == '\'') {
      quote_ = c;
      open_ = true;
    } else if (c == ' ' || c == '\t') {
      end_word();
    } else if (c == '>' || c == '|') {
      end_word();
      words_.emplace_back(1, c);
    } else {
      word_ += c;
      open_ = true;
    }
    return true;
  }

  void end_word() {
    if (open_) words_.push_back(std::move(word_));
    word_.clear();
    open_ = false;
  }

  std::vector<std::string> words_;
  std::string word_;
  bool open_ = false;
  char quote_ = '\0';
};

// The words before the first '>' or '|', without options of echo.
std::string echoed(const std::vector<std::string>& words) {
  std::string value;
  for (const std::string& word : words) {
    if (word == ">" || word == "|") break;
    if (value.empty() && (word == "-n" || word == "-e")) continue;
    value += (value.empty() ? "" : " ") + word;
  }
  return value;
}

constexpr std::array<std::string_view, 3> kSkipped{"sudo", "tee", "-a"};

// What scripts write behind a command to hide its messages and its failure.
constexpr std::array<std::string_view, 8> kEndings{"|| true",     "|| :",         "2>&1",
                                                   "2>/dev/null", "2> /dev/null", "&>/dev/null",
                                                   ">/dev/null",  "> /dev/null"};

std::string_view without_endings(std::string_view line) {
  for (bool again = true; again;) {
    line = trim(line);
    again = false;
    for (const std::string_view ending : kEndings) {
      if (!line.ends_with(ending)) continue;
      line.remove_suffix(ending.size());
      again = true;
    }
  }
  return line;
}

}  // namespace

std::optional<std::vector<std::string>> shell_words(std::string_view line) {
  Splitter splitter;
  if (!splitter.take(line)) return std::nullopt;
  return splitter.words();
}

std::optional<ShellCommand> shell_command(std::string_view line) {
  auto words = shell_words(without_endings(line));
  if (!words) return std::nullopt;
  if (!words->empty() && words->front() == "sudo") words->erase(words->begin());
  if (words->empty()) return std::nullopt;
  const std::string_view program = words->front();
  ShellCommand command{.program = std::string(program.substr(program.rfind('/') + 1))};
  command.words.assign(words->begin() + 1, words->end());
  return command;
}

std::optional<ShellWrite> shell_write(std::string_view line) {
  const auto command = shell_command(line);
  if (!command || (command->program != "echo" && command->program != "printf")) return std::nullopt;
  const auto& words = command->words;
  auto target =
      std::ranges::find_if(words, [](std::string_view word) { return word == ">" || word == "|"; });
  // "echo 1 | sudo tee -a FILE": the words before the file are skipped behind a pipe only. ">>" is
  // two words here.
  const bool piped = target != words.end() && *target == "|";
  while (target != words.end() &&
         (*target == ">" || *target == "|" || (piped && std::ranges::count(kSkipped, *target) > 0)))
    ++target;
  if (target == words.end()) return std::nullopt;
  return ShellWrite{.path = *target, .value = echoed(words)};
}

}  // namespace tuner::importing
