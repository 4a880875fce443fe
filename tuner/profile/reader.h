// Reads the values of a profile from its tree and reports every problem with its position.
// profile/fields.h has the tables of keys; this class has the readers of values.
#pragma once

#include "model/profile.h"
#include "profile/diagnostic.h"
#include "profile/keys.h"
#include "profile/scalars.h"
#include "profile/yaml_tree.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::reading {

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void report(Code code, YamlPosition place, std::string message, std::string hint = {});
  void report(const ScalarFault& fault, YamlPosition place);
  Origin origin(YamlPosition place) const;
  // In the order of detection, without source lines.
  std::vector<Diagnostic> take_diagnostics() { return std::move(diagnostics_); }

  // Each returns the value of the entry. nullopt, or a list without the bad items: reported.
  std::optional<std::string> text(const YamlEntry& entry);
  std::optional<bool> boolean(const YamlEntry& entry);
  std::optional<std::size_t> word(const Key& key, const YamlEntry& entry);  // index into key.words
  std::vector<std::size_t> words(const Key& key, const YamlEntry& entry);   // one or a list
  std::vector<std::string> texts(const YamlEntry& entry);                   // one or a list
  std::vector<int> integers(const YamlEntry& entry);                        // one or a list, >= 0
  std::optional<Setting> setting(const Key& key, const YamlEntry& entry);

  // false: reported, because the value is missing or of another kind. (is_removal() reports
  // nothing.)
  bool is_mapping(const YamlEntry& entry);
  bool is_sequence(const YamlEntry& entry);
  // Whether null removes the key's setting. Reports nothing.
  bool is_removal(const Key& key, const YamlEntry& entry) const;

  void unknown_key(const YamlNode& key, const Keys& known);
  void missing_keys(const YamlNode& mapping, const Keys& known);

 private:
  bool is_present(const YamlEntry& entry);
  bool is_scalar(const YamlEntry& entry);
  bool is_kind(const YamlEntry& entry, YamlNode::Kind kind, std::string_view wanted);
  std::vector<YamlEntry> one_or_many(const YamlEntry& entry);
  std::optional<std::size_t> closed_word(const Key& key, const YamlNode& node);
  std::optional<Value> value(const Key& key, const YamlEntry& entry);
  std::optional<Value> open_word(const Key& key, const YamlNode& node);
  std::optional<Value> bounded_integer(const Key& key, const YamlNode& node);
  std::optional<Value> integer_list(const YamlEntry& entry);
  std::optional<Goal> goal(const Key& key, const YamlEntry& entry, Goal::Op op);

  std::string file_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace tuner::reading
