// Changes the texts of a document in place: a visitor of the tables of keys (key.h), so that a key
// that is added is changed, too.
#pragma once

#include "base/rfc3339.h"
#include "document/key.h"

#include <utility>

namespace tuner::document {

// `change` makes the new text of an old one. Words of a list are no texts: they are of this
// program. Equal names of a map become one, with the sum of their numbers.
template <typename Change>
class TextChanger {
 public:
  explicit TextChanger(const Change& change) : change_(change) {}

  void object(std::string_view, std::string_view) const {}
  template <typename T>
  void key(const Key& row, T& field) const {
    if (row.rule.words.empty()) visit(field);
  }
  template <typename T>
  void maybe(const Key& row, std::optional<T>& field) const {
    key(row, field);
  }
  template <typename T>
  void together(std::optional<T>& part) const {
    visit(part);
  }

  template <typename T>
  void visit(T& field) const {
    if constexpr (std::same_as<T, std::string>) {
      field = change_(field);
    } else if constexpr (Optional<T>) {
      if (field) visit(*field);
    } else if constexpr (List<T>) {
      for (auto& item : field) visit(item);
    } else if constexpr (Map<T>) {
      T changed;
      for (const auto& [name, number] : field) changed[change_(name)] += number;
      field = std::move(changed);
    } else if constexpr (!Enum<T> && !std::is_arithmetic_v<T> && !std::same_as<T, UtcTime>) {
      describe(*this, field);
    }
  }

 private:
  const Change& change_;
};

template <typename Struct, typename Change>
void change_texts(Struct& fields, const Change& change) {
  TextChanger<Change>(change).visit(fields);
}

}  // namespace tuner::document
