#include "document/read.h"

#include "base/number.h"
#include "base/text.h"
#include "document/field.h"
#include "document/kinds.h"
#include "model/json_bytes.h"

#include <fmt/format.h>

namespace tuner::document {
namespace {

constexpr int kMajor = 1;     // of format_version
constexpr int kDeepest = 64;  // nesting of brackets; our documents have seven levels

// Whether an object has a key of a table.
class AnyKey {
 public:
  explicit AnyKey(const Json& object) : object_(object) {}
  void object(std::string_view, std::string_view) const {}
  void key(const Key& row, const auto&) { found_ = found_ || object_.contains(row.name); }
  void maybe(const Key& row, const auto& field) { key(row, field); }
  void together(const auto&) const {}
  bool found() const { return found_; }

 private:
  const Json& object_;
  bool found_ = false;
};

template <typename Struct>
bool has_any_key(const Json& object) {
  AnyKey any(object);
  const Struct fields;
  describe(any, fields);
  return any.found();
}

// One JSON value, with its place in the document for complaints: "steps[3].status: …". Reading goes
// on after a complaint, with empty fields, so no reader has error paths; the one check is at the
// end.
class Reader {
 public:
  Reader(const Json& json, std::string& complaint) : json_(json), complaint_(complaint) {}

  void object(std::string_view, std::string_view) const {
    if (!json_.is_object()) complain("is not an object");
  }

  template <typename T>
  void key(const Key& row, T& field) const {
    const Json* const found = find(row.name);
    if (found != nullptr) return below(*found, row.name).read(field);
    // A key that came with a later minor release is missing in older documents.
    if (!row.rule.later) complain("is missing", row.name);
  }

  template <typename T>
  void maybe(const Key& row, std::optional<T>& field) const {
    const Json* const found = find(row.name);
    if (found != nullptr && !found->is_null()) below(*found, row.name).read(field);
  }

  template <typename T>
  void together(std::optional<T>& part) const {
    if (has_any_key<T>(json_)) describe(*this, part.emplace());
  }

  template <typename T>
  void read(T& field) const {
    if constexpr (Optional<T>) {
      if (!json_.is_null()) read(field.emplace());
    } else if constexpr (Enum<T>) {
      read_word(field);
    } else if constexpr (List<T>) {
      read_list(field);
    } else if constexpr (Map<T>) {
      if (!json_.is_object()) return complain("is not an object");
      for (const auto& [name, item] : json_.items()) below(item, name).read(field[name]);
    } else if constexpr (Number<T>) {
      const auto number = whole_number<T>(json_);
      if (!number) return complain(number.error().text);
      field = *number;
    } else if constexpr (Real<T>) {
      if (!json_.is_number()) return complain("expected a number");
      field = json_.get<double>();
    } else if constexpr (std::same_as<T, bool>) {
      if (!json_.is_boolean()) return complain("expected true or false");
      field = json_.get<bool>();
    } else if constexpr (std::same_as<T, std::string>) {
      if (!json_.is_string()) return complain("expected a string");
      field = json_.get<std::string>();
    } else if constexpr (std::same_as<T, Value>) {
      read_value(field);
    } else if constexpr (std::same_as<T, UtcTime>) {
      read_time(field);
    } else if constexpr (std::same_as<T, AnyObject>) {
      if (!json_.is_object()) return complain("is not an object");
      field.json = json_.dump();
    } else {
      describe(*this, field);
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

  template <typename E>
  void read_word(E& field) const {
    std::string word;
    read(word);
    const auto value = from_word<E>(word);
    if (!value) return complain("'" + word + "' is not one of the allowed words");
    field = *value;
  }

  template <typename T>
  void read_list(std::vector<T>& field) const {
    if (!json_.is_array()) return complain("expected a list");
    field.reserve(json_.size());
    int index = 0;
    for (const Json& item : json_) {
      below(item, {}, index).read(field.emplace_back());
      ++index;
    }
  }

  // CPUs are a text in documents, so they stay one here.
  void read_value(Value& field) const {
    if (json_.is_null()) field = Absent{};
    if (json_.is_boolean()) field = json_.get<bool>();
    if (json_.is_string()) field = json_.get<std::string>();
    if (json_.is_object() || json_.is_number_float()) return complain("expected a value");
    if (json_.is_number()) read(field.emplace<std::int64_t>());
    if (json_.is_array()) read_list(field.emplace<Integers>());
  }

  void read_time(UtcTime& field) const {
    std::string text;
    read(text);
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
    auto json = Json::parse(text);
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

// Reads the body of the document's kind: the one of which a key is there.
class BodyReader {
 public:
  BodyReader(const Json& root, const Reader& reader, Document& document)
      : root_(root), reader_(reader), document_(document) {}

  template <typename... Bodies>
  void kind(std::string_view name) {
    if (document_.envelope.kind == name) (read<Bodies>(), ...);
  }

 private:
  template <typename Keys>
  void read() {
    if (document_.body.empty() && has_any_key<Keys>(root_))
      reader_.read(document_.body.emplace<Keys>());
  }

  const Json& root_;
  const Reader& reader_;
  Document& document_;
};

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
  Reader(root, complaint).read(envelope);
  TRY(outcome(complaint));
  return envelope;
}

Result<Document> read(std::string_view text) {
  const Json root = TRY(parse(text));
  TRY(check_format(root));
  std::string complaint;
  const Reader reader(root, complaint);
  Document document;
  reader.read(document.envelope);
  BodyReader bodies(root, reader, document);
  if (complaint.empty()) for_each_kind(bodies);
  TRY(outcome(complaint));
  return document;
}

}  // namespace tuner::document
