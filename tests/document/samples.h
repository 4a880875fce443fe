// A document of each kind with every key, made from the tables: a visitor that fills each field.
#pragma once

#include "document/keys.h"
#include "document/kinds.h"

#include <string>
#include <vector>

namespace tuner::testing {

// Gives each field a value that its table permits.
class Filler : public document::Keys {
 public:
  void object(std::string_view, std::string_view) override {}

  void fill(const document::Rule& rule, document::Field field) {
    using enum document::FieldKind;
    const document::FieldType& type = *field.type;
    switch (type.kind) {
      case Text:
        field.as<std::string>() = rule.words.empty() ? "0123456789abcdef" : rule.words.back();
        return;
      case Word: return type.set_word(field.at, 0);
      case Boolean: field.as<bool>() = true; return;
      case Integer: ASSERT_TRUE(type.set_integer(field.at, 1)); return;
      case Real: field.as<double>() = 1.5; return;
      case Time: field.as<UtcTime>() = UtcTime(std::chrono::seconds(1795521600)); return;
      case Setting: field.as<Value>() = Integers{4096, 16384}; return;
      case AnyObject: field.as<document::AnyObject>().json = R"({"sysctl":{}})"; return;
      case List: return fill(rule, {type.inner, type.append(field.at)});
      case Map: return fill(rule, {type.inner, type.entry(field.at, "CONFIG_TLS")});
      case Optional: return fill(rule, {type.inner, type.emplace(field.at)});
      case Struct: type.visit(*this, field.at);
    }
  }

 private:
  void take_key(const document::Key& row, document::Field field) override { fill(row.rule, field); }
  void take_maybe(const document::Key& row, document::Field optional) override {
    fill(row.rule, optional);
  }
  void take_together(document::Field optional) override { fill({}, optional); }
};

// A document of each body of each kind.
inline std::vector<document::Document> documents_of_each_kind() {
  std::vector<document::Document> documents;
  for (const document::Kind& kind : document::kinds()) {
    for (const document::BodyType& body : kind.bodies) {
      document::Document& sample = documents.emplace_back();
      Filler().fill({}, {&document::envelope_fields(), &sample.envelope});
      sample.envelope.kind = kind.name;
      Filler().fill({}, {body.fields, body.emplace(sample.body)});
    }
  }
  return documents;
}

}  // namespace tuner::testing
