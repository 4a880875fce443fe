#include "base/json_text.h"
#include "document/plan.h"
#include "document/read.h"
#include "document/samples.h"
#include "document/schema.h"
#include "document/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>

namespace tuner::document {
namespace {

using testing::documents_of_each_kind;
using ::testing::HasSubstr;

constexpr std::array kExitCodes{0, 1, 2, 64, 70};

Json json_of(const Document& document) {
  return to_json(document.envelope, document.body);
}

Json schema() {
  return parse_ordered_json(schema_text(kExitCodes));
}

const Json& resolved(const Json& all, const Json& schema) {
  if (!schema.contains("$ref")) return schema;
  const auto reference = schema["$ref"].get<std::string>();
  return all.at(Json::json_pointer(reference.substr(1)));
}

// The schema of the body that has all keys of this document.
const Json& schema_of_body(const Json& all, const Json& document) {
  const auto has_all_keys = [&](const Json& body) {
    if (!body.contains("properties") || body["properties"].empty()) return document.size() == 8;
    return document.contains(body["properties"].begin().key());
  };
  for (const Json& kind : all["allOf"]) {
    if (kind["if"]["properties"]["kind"]["const"] != document["kind"]) continue;
    for (const Json& body : kind["then"]["anyOf"]) {
      if (has_all_keys(resolved(all, body))) return resolved(all, body);
    }
  }
  ADD_FAILURE() << "the schema has no body for " << json_text(document);
  return all;
}

// Whether the schema refuses an object that has all keys but this one.
bool must_have(const Json& schema, const std::string& key) {
  const auto has = [&](const Json& list) {
    return std::ranges::find(list, Json(key)) != list.end();
  };
  const Json groups = schema.value("dependentRequired", Json::object());
  return has(schema.value("required", Json::array())) ||
         std::ranges::any_of(groups, [&](const Json& group) { return has(group); });
}

// Calls visit(object, its schema) for each object of a document.
template <typename Visit>
void walk(const Json& all, const Json& value, const Json& raw, const Visit& visit) {
  const Json& schema = resolved(all, raw);
  if (schema.contains("anyOf")) return walk(all, value, schema["anyOf"][0], visit);
  if (value.is_array() && schema.contains("items")) {
    for (const Json& item : value) walk(all, item, schema["items"], visit);
  }
  if (!value.is_object() || !schema.contains("properties")) return;
  visit(value, schema);
  for (const auto& [key, inner] : value.items()) {
    if (schema["properties"].contains(key)) walk(all, inner, schema["properties"][key], visit);
  }
}

TEST(Document, IsReadAsItWasWritten) {
  const auto documents = documents_of_each_kind();
  EXPECT_GE(documents.size(), 19U);
  for (const Document& document : documents) {
    const Json json = json_of(document);
    const auto back = read(json_text(json));
    ASSERT_TRUE(back) << document.envelope.kind << " " << back.error().text;
    EXPECT_EQ(json_of(*back), json);
  }
}

TEST(Document, EveryKeyIsInTheSchemaAndTheOtherWayRound) {
  const Json all = schema();
  int objects = 0;
  for (const Document& document : documents_of_each_kind()) {
    const Json json = json_of(document);
    const Json& body = schema_of_body(all, json);
    const auto same_keys = [&](const Json& object, const Json& schema) {
      ++objects;
      for (const auto& [key, value] : object.items()) {
        const bool of_envelope = &object == &json && all["properties"].contains(key);
        EXPECT_TRUE(of_envelope || schema["properties"].contains(key)) << key;
      }
      for (const auto& [key, value] : schema["properties"].items())
        EXPECT_TRUE(object.contains(key)) << key << " in " << json_text(object);
    };
    walk(all, json, body, same_keys);
  }
  EXPECT_GT(objects, 60);
}

// Removes each key of each object in turn. The reader and the schema must agree on what has to be
// there.
TEST(Document, TheReaderWantsTheKeysThatTheSchemaRequires) {
  const Json all = schema();
  int removed = 0;
  for (const Document& document : documents_of_each_kind()) {
    const Json json = json_of(document);
    const Json& body = schema_of_body(all, json);
    std::vector<std::pair<const Json*, const Json*>> objects;
    walk(all, json, body, [&](const Json& object, const Json& schema) {
      if (&object != &json) objects.emplace_back(&object, &schema);
    });
    for (const auto& [object, schema] : objects) {
      for (const auto& [key, value] : object->items()) {
        const bool must = must_have(*schema, key);
        Json smaller = *object;
        smaller.erase(key);
        // The first equal object in the text will do: it is of the same kind.
        std::string text = json_text(json);
        const std::string whole = json_text(*object);
        const auto at = text.find(whole);
        if (at == std::string::npos) continue;
        text.replace(at, whole.size(), json_text(smaller));
        ++removed;
        EXPECT_EQ(read(text).has_value(), !must) << json["kind"] << ": " << key;
      }
    }
  }
  EXPECT_GT(removed, 200);
}

TEST(Document, AnEarlyEndHasOnlyAnEnvelope) {
  const Envelope envelope{.kind = "plan",
                          .exit_code = 75,
                          .errors = {{.code = "busy", .message = "held", .hint = "", .place = {}}}};
  const auto back = read(to_json(envelope, {}).dump());
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_TRUE(back->body.empty());
  EXPECT_EQ(back->envelope.errors.at(0).message, "held");
}

TEST(Document, KeepsAWordOfALaterReleaseUnlessAReaderMustUnderstandIt) {
  Document check;
  Step step{.knob = "sysctl", .subject = "a", .key = "a", .cause_code = "of_tomorrow"};
  check.envelope.kind = "check";
  check.body = Check{{.profile = {}, .steps = {step}, .summary = {}, .notes = {}}, {}};
  Json json = json_of(check);
  const auto back = read(json_text(json));
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(back->body.get_if<Check>()->steps.at(0).cause_code, "of_tomorrow");
  json["steps"][0]["status"] = "of_tomorrow";
  EXPECT_THAT(read(json_text(json)).error().text,
              HasSubstr("steps[0].status: 'of_tomorrow' is not one of the allowed words"));
}

TEST(DocumentSchema, StatesConditions) {
  const Json step = schema()["$defs"]["step"];
  ASSERT_EQ(step["allOf"].size(), 1U);
  EXPECT_EQ(step["allOf"][0]["if"]["properties"]["status"]["enum"], Json({"change", "done"}));
  EXPECT_EQ(step["allOf"][0]["then"]["required"], Json({"target"}));
  EXPECT_EQ(step["allOf"][0]["else"]["properties"]["target"], false);
  EXPECT_EQ(schema()["properties"]["exit_code"]["enum"], Json(kExitCodes));
  EXPECT_EQ(schema()["$defs"]["ended_early"]["properties"]["exit_code"]["enum"], Json({1, 64, 70}));
}

}  // namespace
}  // namespace tuner::document
