#include "document/read.h"

#include "base/json_text.h"
#include "base/number.h"
#include "base/text.h"
#include "document/keys.h"
#include "document/kinds.h"
#include "model/json_bytes.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::document {
namespace {

constexpr int kMajor = 1;     // of format_version
constexpr int kDeepest = 64;  // nesting of brackets; our documents have seven levels

// Whether an object has a key of a table.
class AnyKey : public Keys {
 public:
  explicit AnyKey(const Json& object) : object_(object) {}
  void object(std::string_view, std::string_view) override {}
  bool found() const { return found_; }

 private:
  void take_key(const Key& row, Field) override { found_ = found_ || object_.contains(row.name); }
  void take_maybe(const Key& row, Field optional) override { take_key(row, optional); }
  void take_together(Field) override {}

  const Json& object_;
  bool found_ = false;
};

bool has_any_key(const FieldType& type, const Json& object) {
  AnyKey any(object);
  type.visit_empty(any);
  return any.found();
}

// One JSON value, with its place in the document for complaints: "steps[3].status: …". Reading goes
// on after a complaint, with empty fields, so no reader has error paths; the one check is at the
// end.
class Reader : public Keys {
 public:
  Reader(const Json& json, std::string& complaint) : json_(json), complaint_(complaint) {}

  void object(std::string_view, std::string_view) override {
    if (!json_.is_object()) complain("is not an object");
  }

  void read(Field field) {
    const FieldType& type = *field.type;
    switch (type.kind) {
      case FieldKind::Text: return read_text(field.as<std::string>());
      case FieldKind::Word: return read_word(field);
      case FieldKind::Boolean:
        if (!json_.is_boolean()) return complain("expected true or false");
        field.as<bool>() = json_.get<bool>();
        return;
      case FieldKind::Integer: {
        const auto done = type.set_integer(field.at, json_);
        if (!done) complain(done.error().text);
        return;
      }
      case FieldKind::Real:
        if (!json_.is_number()) return complain("expected a number");
        field.as<double>() = json_.get<double>();
        return;
      case FieldKind::Time: return read_time(field.as<UtcTime>());
      case FieldKind::Setting: return read_value(field.as<Value>());
      case FieldKind::AnyObject:
        if (!json_.is_object()) return complain("is not an object");
        field.as<AnyObject>().json = json_text(json_);
        return;
      case FieldKind::List: return read_list(field);
      case FieldKind::Map:
        if (!json_.is_object()) return complain("is not an object");
        for (const auto& [name, item] : json_.items())
          below(item, name).read({type.inner, type.entry(field.at, name)});
        return;
      case FieldKind::Optional:
        if (!json_.is_null()) read({type.inner, type.emplace(field.at)});
        return;
      case FieldKind::Struct: type.visit(*this, field.at);
    }
  }

  void complain(std::string_view what, std::string_view key = {}) const {
    if (!complaint_.empty()) return;
    const std::string place = path();
    complaint_ =
        fmt::format("{}{}{}: {}", place, place.empty() || key.empty() ? "" : ".", key, what);
  }

 private:
  Reader(const Json& json, std::string& complaint, const Reader* parent, std::string_view key,
         int index)
      : json_(json), complaint_(complaint), parent_(parent), key_(key), index_(index) {}

  void take_key(const Key& row, Field field) override {
    const Json* const found = find(row.name);
    if (found != nullptr) return below(*found, row.name).read(field);
    // A key that came with a later minor release is missing in older documents.
    if (!row.rule.later) complain("is missing", row.name);
  }

  void take_maybe(const Key& row, Field optional) override {
    const Json* const found = find(row.name);
    if (found != nullptr && !found->is_null()) below(*found, row.name).read(optional);
  }

  void take_together(Field optional) override {
    const FieldType& part = *optional.type->inner;
    if (has_any_key(part, json_)) part.visit(*this, optional.type->emplace(optional.at));
  }

  Reader below(const Json& json, std::string_view key, int index = -1) const {
    return {json, complaint_, this, key, index};
  }

  const Json* find(std::string_view key) const {
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(key);
    return found == json_.end() ? nullptr : &*found;
  }

  // Made from the parents when a complaint needs it.
  std::string path() const {
    if (parent_ == nullptr) return "";
    const std::string before = parent_->path();
    if (index_ >= 0) return fmt::format("{}[{}]", before, index_);
    return before.empty() ? std::string(key_) : fmt::format("{}.{}", before, key_);
  }

  void read_text(std::string& field) const {
    if (!json_.is_string()) return complain("expected a string");
    field = json_.get<std::string>();
  }

  void read_word(Field field) const {
    std::string word;
    read_text(word);
    const auto words = field.type->words;
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return complain("'" + word + "' is not one of the allowed words");
    field.type->set_word(field.at, static_cast<std::size_t>(found - words.begin()));
  }

  void read_list(Field field) const {
    if (!json_.is_array()) return complain("expected a list");
    int index = 0;
    for (const Json& item : json_) {
      below(item, {}, index).read({field.type->inner, field.type->append(field.at)});
      ++index;
    }
  }

  // CPUs are a text in documents, so they stay one here.
  void read_value(Value& field) {
    if (json_.is_null()) field = Absent{};
    if (json_.is_boolean()) field = json_.get<bool>();
    if (json_.is_string()) field = json_.get<std::string>();
    if (json_.is_object() || json_.is_number_float()) return complain("expected a value");
    if (json_.is_number()) read(field_of(field.emplace<std::int64_t>()));
    if (json_.is_array()) read(field_of(field.emplace<Integers>()));
  }

  void read_time(UtcTime& field) const {
    std::string text;
    read_text(text);
    const auto time = from_rfc3339(text);
    if (!time) return complain("expected a time like 2026-11-23T08:15:00Z");
    field = *time;
  }

  const Json& json_;
  std::string& complaint_;
  const Reader* parent_ = nullptr;  // outlives this one: readers are made from the root down
  std::string_view key_;
  int index_ = -1;
};

// The parser has no depth limit and uses memory per level, so the depth is checked before.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// A document may come from any host, so size and depth are limited before the parser sees it.
Result<Json> parse(std::string_view text) {
  // The parser stops at a NUL byte, and the text after it would be embedded in a page unchecked.
  if (text.find('\0') != std::string_view::npos)
    return fail(Fault::Invalid, "is not a ktls-tuner document: it contains a NUL byte");
  if (text.size() > kLargest) {
    return fail(
        Fault::Invalid,
        fmt::format("is larger than {} MiB, the limit for a ktls-tuner document", kLargest >> 20U));
  }
  if (trim(text).empty())
    return fail(Fault::Invalid, "is empty: the program that wrote it did not finish");
  if (is_too_deep(text)) return fail(Fault::Invalid, "is nested too deeply for a saved document");
  try {
    auto json = parse_ordered_json(text);
    if (json.is_object()) return json;
  } catch (const Json::exception& error) {
    std::string_view what = error.what();  // "[json.exception.parse_error.101] parse error at …"
    if (const auto end = what.find("] "); end != std::string_view::npos)
      what.remove_prefix(end + 2);
    return fail(Fault::Invalid, as_utf8(fmt::format("is not JSON: {}", what)));
  }
  return fail(Fault::Invalid, "is not a ktls-tuner document: it is not a JSON object");
}

// Only the major number counts: a later minor release adds keys, which this reader passes over.
Outcome check_format(const Json& root) {
  const auto there = root.find("format_version");
  const std::string version =
      there != root.end() && there->is_string() ? there->get<std::string>() : std::string();
  const auto major = parse_integer(version.substr(0, version.find('.')));
  if (!major || *major < 1)
    return fail(Fault::Invalid, "is not a ktls-tuner document: it has no format_version");
  if (*major > kMajor) {
    return fail(
        Fault::Invalid,
        fmt::format("has format {}, but this ktls-tuner reads formats up to {}.x", version, kMajor),
        "read it with the ktls-tuner that wrote it, or a newer one");
  }
  return {};
}

// The type of the document's body: the one of its kind of which a key is there. nullptr: none.
const BodyType* body_that_is_there(std::string_view kind, const Json& root) {
  for (const Kind& one : kinds()) {
    if (one.name != kind) continue;
    for (const BodyType& body : one.bodies) {
      if (has_any_key(*body.fields, root)) return &body;
    }
  }
  return nullptr;
}

// The first complaint is the error. Later ones are often its consequences.
Outcome outcome(const std::string& complaint) {
  if (complaint.empty()) return {};
  return fail(Fault::Invalid, "is damaged: " + complaint);
}

}  // namespace

Result<Envelope> read_envelope(std::string_view text) {
  const Json root = TRY(parse(text));
  TRY(check_format(root));
  std::string complaint;
  Envelope envelope;
  Reader(root, complaint).read({&envelope_fields(), &envelope});
  TRY(outcome(complaint));
  return envelope;
}

Result<Document> read(std::string_view text) {
  const Json root = TRY(parse(text));
  TRY(check_format(root));
  std::string complaint;
  Reader reader(root, complaint);
  Document document;
  reader.read({&envelope_fields(), &document.envelope});
  const BodyType* const body = body_that_is_there(document.envelope.kind, root);
  if (complaint.empty() && body != nullptr)
    reader.read({body->fields, body->emplace(document.body)});
  TRY(outcome(complaint));
  return document;
}

}  // namespace tuner::document
