// A document of each kind with every key, made from the tables: a visitor that fills each field.
#pragma once

#include "document/field.h"
#include "document/kinds.h"

#include <string>
#include <utility>
#include <vector>

namespace tuner::testing {

// Gives each field a value that its table permits.
class Filler {
 public:
  void object(std::string_view, std::string_view) const {}

  template <typename T>
  void key(const document::Key& row, T& field) const {
    fill(row.rule, field);
  }

  template <typename T>
  void maybe(const document::Key& row, std::optional<T>& field) const {
    fill(row.rule, field.emplace());
  }

  template <typename T>
  void together(std::optional<T>& part) const {
    describe_struct(part.emplace());
  }

  template <typename T>
  void fill(const document::Rule& rule, T& field) const {
    if constexpr (document::Enum<T>) {
      field = kWords<T>.front().value;
    } else if constexpr (document::Optional<T>) {
      fill(rule, field.emplace());
    } else if constexpr (document::List<T>) {
      fill(rule, field.emplace_back());
    } else if constexpr (document::Map<T>) {
      fill(rule, field["CONFIG_TLS"]);
    } else if constexpr (std::same_as<T, bool>) {
      field = true;
    } else if constexpr (document::Number<T>) {
      field = 1;
    } else if constexpr (document::Real<T>) {
      field = 1.5;
    } else if constexpr (std::same_as<T, std::string>) {
      field = rule.words.empty() ? "0123456789abcdef" : rule.words.back();
    } else if constexpr (std::same_as<T, Value>) {
      field = Integers{4096, 16384};
    } else if constexpr (std::same_as<T, UtcTime>) {
      field = UtcTime(std::chrono::seconds(1795521600));
    } else if constexpr (std::same_as<T, document::AnyObject>) {
      field.json = R"({"sysctl":{}})";
    } else {
      describe_struct(field);
    }
  }

 private:
  // By the namespace of the tables, where a struct of the model has its own.
  void describe_struct(auto& field) const {
    using document::describe;
    describe(*this, field);
  }
};

// Collects a document of each body of each kind.
class Samples {
 public:
  template <typename... Bodies>
  void kind([[maybe_unused]] std::string_view name) {
    (add<Bodies>(name), ...);
  }

  std::vector<document::Document> documents;

 private:
  template <typename Keys>
  void add(std::string_view kind) {
    document::Document& sample = documents.emplace_back();
    Filler().fill({}, sample.envelope);
    sample.envelope.kind = kind;
    Filler().fill({}, sample.body.emplace<Keys>());
  }
};

inline std::vector<document::Document> documents_of_each_kind() {
  Samples samples;
  document::for_each_kind(samples);
  return std::move(samples.documents);
}

}  // namespace tuner::testing
